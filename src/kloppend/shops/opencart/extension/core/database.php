<?php
/**
 * Kloppend - the shop's database.
 *
 * The core asks through this, so that it runs on the $db object of every OpenCart and, in tests, on a bare mysqli.
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
interface KloppendConnection {
	/** @return array rows as name => value; empty for statements without rows. Throws an Exception when it fails. */
	public function query($sql);

	/** @return string the text, safe between single quotes */
	public function escape($text);
}

/** OpenCart's own connection. */
class KloppendOpenCartConnection implements KloppendConnection {
	private $db;

	public function __construct($db) {
		$this->db = $db;
	}

	public function query($sql) {
		$result = $this->db->query($sql);
		if (is_object($result) && isset($result->rows)) {
			return $result->rows;
		}
		if ($result === true) {
			return array();
		}
		throw new Exception('The query failed.'); // OpenCart 2 only writes to its log
	}

	public function escape($text) {
		return $this->db->escape((string)$text);
	}
}

/** A connection with the table prefix of the shop, the time it took and what the tables look like. */
class KloppendDatabase {
	private $connection;
	private $prefix;
	private $seconds = 0.0;
	private $columns = null;

	public function __construct(KloppendConnection $connection, $prefix) {
		$this->connection = $connection;
		$this->prefix = $prefix;
	}

	/** All rows. */
	public function rows($sql) {
		$began = microtime(true);
		$rows = $this->connection->query($sql);
		$this->seconds += max(0.0, microtime(true) - $began);
		return $rows;
	}

	/** The first row, or an empty array. */
	public function row($sql) {
		$rows = $this->rows($sql);
		return $rows ? $rows[0] : array();
	}

	/** The name of a table in SQL. */
	public function table($name) {
		return '`' . str_replace('`', '', $this->prefix . $name) . '`';
	}

	/** A text as an SQL literal. */
	public function quoted($text) {
		return "'" . $this->connection->escape((string)$text) . "'";
	}

	/** Milliseconds of database work so far. */
	public function milliseconds() {
		return (int)round($this->seconds * 1000);
	}

	/** Whether the shop has this table, or this column of it: stores are modified, version numbers prove little. */
	public function has($table, $column = null) {
		if ($this->columns === null) {
			$this->columns = $this->readColumns();
		}
		return isset($this->columns[$table]) && ($column === null || isset($this->columns[$table][$column]));
	}

	private function readColumns() {
		$tables = array(
			'order', 'order_product', 'order_option', 'order_total', 'order_history', 'order_voucher', 'product', 'country', 'coupon',
			'coupon_history', 'custom_field', 'custom_field_description', 'zone_to_geo_zone', 'store',
			'tax_rate_to_customer_group', 'coupon_product', 'coupon_category', 'category_path', 'address', 'customer'
		);
		$names = array();
		foreach ($tables as $table) {
			$names[strtolower($this->prefix . $table)] = $table;
		}
		$list = implode(', ', array_map(array($this, 'quoted'), array_map(array($this, 'full'), $tables)));
		$sql = 'SELECT TABLE_NAME AS t, COLUMN_NAME AS c FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE()'
			. ' AND TABLE_NAME IN (' . $list . ')';
		$columns = array();
		foreach ($this->rows($sql) as $row) {
			$columns[$names[strtolower($row['t'])]][strtolower($row['c'])] = true;
		}
		return $columns;
	}

	/** For array_map(), which wants a public method. */
	public function full($table) {
		return $this->prefix . $table;
	}
}
