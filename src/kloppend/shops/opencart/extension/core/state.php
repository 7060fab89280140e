<?php
/**
 * Kloppend - what the extension itself remembers.
 *
 * In one table of its own: the shop's id, wrong signatures, the last visits of the platform, and a copy of the
 * settings that outlives uninstalling. Nothing else in the shop is ever written.
 *
 * Copyright (C) 2026 the Kloppend authors
 *
 * This program is free software: you can redistribute it and/or modify it under the terms of the GNU General Public
 * License as published by the Free Software Foundation, either version 3 of the License, or (at your option) any later
 * version. This program is distributed in the hope that it will be useful, but WITHOUT ANY WARRANTY; without even the
 * implied warranty of MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE. See the GNU General Public License for more
 * details. You should have received a copy of the GNU General Public License along with this program. If not, see
 * <https://www.gnu.org/licenses/>.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
class KloppendState {
	const WINDOW = 600;
	private $database;
	private $table;

	public function __construct(KloppendDatabase $database) {
		$this->database = $database;
		$this->table = $database->table('kloppend');
	}

	/** Make the table; done when installing and whenever the settings page opens. */
	public function install() {
		$this->database->rows(
			'CREATE TABLE IF NOT EXISTS ' . $this->table . ' (`name` varchar(64) NOT NULL, `value` text NOT NULL,'
			. ' `number` int(11) NOT NULL DEFAULT 0, `moment` int(11) NOT NULL DEFAULT 0, PRIMARY KEY (`name`))'
			. ' DEFAULT CHARSET=utf8'
		);
		$this->shopId();
	}

	/** Remove the table with everything in it. */
	public function remove() {
		$this->database->rows('DROP TABLE IF EXISTS ' . $this->table);
	}

	/** This shop's own random id, made once. */
	public function shopId() {
		$found = $this->value('shop_id');
		if ($found === '') {
			$this->insert('INSERT IGNORE INTO', 'shop_id', self::random(), 0, time());
			$found = $this->value('shop_id'); // another request may have been first
		}
		return $found;
	}

	/** Count one more wrong signature from this address; how many there were in its ten minutes. */
	public function wrong($address, $now) {
		$name = 'wrong:' . md5(self::network($address));
		$late = (int)$now - self::WINDOW;
		$this->database->rows(
			'INSERT INTO ' . $this->table . ' (`name`, `value`, `number`, `moment`) VALUES ('
			. $this->database->quoted($name) . ", '', 1, " . (int)$now . ') ON DUPLICATE KEY UPDATE'
			. ' `number` = IF(`moment` <= ' . $late . ', 1, LEAST(`number` + 1, 1000000)),'
			. ' `moment` = IF(`moment` <= ' . $late . ', ' . (int)$now . ', `moment`)'
		);
		if (mt_rand(1, 50) === 1) {
			$this->database->rows(
				'DELETE FROM ' . $this->table . " WHERE `name` LIKE 'wrong:%' AND `moment` <= " . $late
			);
		}
		$row = $this->find($name);
		return $row ? (int)$row['number'] : 1;
	}

	/** The platform was here and got so many. */
	public function seen($action, $count, $now) {
		$this->insert('REPLACE INTO', 'seen:' . $action, '', $count, $now);
	}

	/** @return array action => array(number, moment) of the last visits */
	public function visits() {
		$visits = array();
		$sql = 'SELECT `name`, `number`, `moment` FROM ' . $this->table . " WHERE `name` LIKE 'seen:%'";
		foreach ($this->database->rows($sql) as $row) {
			$visits[substr($row['name'], 5)] = array('number' => (int)$row['number'], 'moment' => (int)$row['moment']);
		}
		return $visits;
	}

	/** Keep a list of texts under a name. */
	public function keep($name, $texts) {
		$this->insert('REPLACE INTO', $name, json_encode($texts), 0, time());
	}

	/** @return array the texts kept under this name, or an empty array */
	public function kept($name) {
		$texts = json_decode($this->value($name), true);
		return is_array($texts) ? $texts : array();
	}

	private function value($name) {
		$row = $this->find($name);
		return $row ? (string)$row['value'] : '';
	}

	private function find($name) {
		return $this->database->row(
			'SELECT `value`, `number`, `moment` FROM ' . $this->table . ' WHERE `name` = ' . $this->database->quoted($name)
		);
	}

	private function insert($verb, $name, $value, $number, $moment) {
		$this->database->rows(
			$verb . ' ' . $this->table . ' (`name`, `value`, `number`, `moment`) VALUES ('
			. $this->database->quoted($name) . ', ' . $this->database->quoted($value) . ', '
			. (int)$number . ', ' . (int)$moment . ')'
		);
	}

	/** An IPv6 visitor owns the lower half of the address and could change it with every request. */
	private static function network($address) {
		$packed = strpos($address, ':') === false ? false : @inet_pton($address);
		return $packed === false ? $address : bin2hex(substr($packed, 0, 8));
	}

	/** 32 hex digits from the best source this PHP has. */
	public static function random() {
		if (function_exists('random_bytes')) {
			return bin2hex(random_bytes(16));
		}
		if (function_exists('openssl_random_pseudo_bytes')) {
			return bin2hex(openssl_random_pseudo_bytes(16));
		}
		return md5(uniqid((string)mt_rand(), true) . serialize($_SERVER) . mt_rand());
	}
}
