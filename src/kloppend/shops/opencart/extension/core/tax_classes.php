<?php
/**
 * Kloppend - the tax classes of shipping and fees.
 *
 * OpenCart keeps them as settings of each extension: flat_tax_class_id, from 3.0 shipping_flat_tax_class_id, and alike
 * for fees. They are what is set now; orders placed before a change may have had another.
 *
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
class KloppendTaxClasses {
	private $database;
	private $set = null;

	public function __construct(KloppendDatabase $database) {
		$this->database = $database;
	}

	/**
	 * @param array $order the order's row
	 * @param string $code of a row of its totals
	 * @return string|null the id of the tax class that is set for what made this row ('0': none), null when unknown
	 */
	public function ofRow($order, $code) {
		$kind = 'total';
		if ($code === 'shipping') {
			$method = KloppendMethod::of($order, 'shipping');
			$parts = explode('.', isset($method['code']) ? $method['code'] : '', 2);
			list($kind, $code) = array('shipping', $parts[0]);
		}
		if ($code === '') {
			return null;
		}
		$store = isset($order['store_id']) ? (string)$order['store_id'] : '0';
		$key = strtolower($code) . '_tax_class_id';
		$settings = $this->settings();
		foreach (array($store, '0') as $where) {
			foreach (array($kind . '_' . $key, $key) as $name) {
				if (isset($settings[$where][$name])) {
					return $settings[$where][$name];
				}
			}
		}
		return null;
	}

	/** All such settings, read once. @return array store id => setting's name => class */
	private function settings() {
		if ($this->set === null) {
			$this->set = array();
			$rows = $this->database->rows(
				'SELECT `store_id`, `key`, `value` FROM ' . $this->database->table('setting')
				. " WHERE `key` LIKE '%\\_tax\\_class\\_id'"
			);
			foreach ($rows as $row) {
				if (preg_match('/\A(0|[1-9][0-9]{0,19})\z/', (string)$row['value'])) {
					$this->set[(string)$row['store_id']][strtolower($row['key'])] = (string)$row['value'];
				}
			}
		}
		return $this->set;
	}
}
