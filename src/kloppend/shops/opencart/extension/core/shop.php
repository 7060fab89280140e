<?php
/**
 * Kloppend - the shop as the core sees it.
 *
 * What a shell of one OpenCart generation hands over: the database, the settings and who the shop is.
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
class KloppendShop {
	public $database;
	public $state;
	public $version;
	public $address;
	private $config;
	private $prefix;

	/**
	 * @param object $config OpenCart's configuration, which knows our settings
	 * @param string $prefix of our settings: module_kloppend_ from OpenCart 3.0, kloppend_ before
	 * @param string $version of OpenCart
	 * @param string $address of the shop, for people and for when the settings do not know it
	 */
	public function __construct(KloppendDatabase $database, $config, $prefix, $version, $address) {
		$this->database = $database;
		$this->state = new KloppendState($database);
		$this->config = $config;
		$this->prefix = $prefix;
		$this->version = $version;
		$this->address = $address;
	}

	/** One of our settings as the merchant typed it: OpenCart keeps what comes in HTML-escaped. */
	public function setting($name) {
		$value = $this->config->get($this->prefix . $name);
		return is_scalar($value) ? trim(htmlspecialchars_decode((string)$value, ENT_COMPAT)) : '';
	}

	/** Settings of OpenCart's main store, whichever store of a multi-store is asked. @return array name => text */
	public function mainSettings($names) {
		$list = implode(', ', array_map(array($this->database, 'quoted'), $names));
		$rows = $this->database->rows(
			'SELECT `key`, `value` FROM ' . $this->database->table('setting')
			. ' WHERE `store_id` = 0 AND `key` IN (' . $list . ')'
		);
		$found = array_fill_keys($names, '');
		foreach ($rows as $row) {
			$found[$row['key']] = (string)$row['value'];
		}
		return $found;
	}

	/** The currency that all amounts are in. */
	public function baseCurrency() {
		$settings = $this->mainSettings(array('config_currency'));
		return KloppendText::utf8($settings['config_currency']);
	}

	/** What is sent of a licence key: the first 16 hex digits of its SHA-256, or nothing. */
	public function licenceMark() {
		$key = $this->setting('licence_key');
		return $key === '' ? '' : substr(hash('sha256', $key), 0, 16);
	}
}
