<?php
/**
 * Kloppend - which products a coupon is for.
 *
 * OpenCart limits a coupon to products, to categories with everything below them, or to nothing.
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
class KloppendCouponLimits {
	private $database;

	public function __construct(KloppendDatabase $database) {
		$this->database = $database;
	}

	/**
	 * Adds to each coupon's row whether it is limited (null: cannot be told) and which products of its order it is for.
	 *
	 * @param array $coupons rows with order_id and coupon_id
	 * @param array $products rows with order_id and product_id
	 */
	public function told($coupons, $products) {
		$known = $this->database->has('coupon_product', 'product_id');
		$for = $known ? $this->limits($coupons, $products) : array();
		$bought = array();
		foreach ($products as $product) {
			$bought[(string)$product['order_id']][(string)$product['product_id']] = true;
		}
		foreach ($coupons as $index => $coupon) {
			$id = (string)$coupon['coupon_id'];
			$limit = isset($for[$id]) ? $for[$id] : array();
			$order = (string)$coupon['order_id'];
			unset($limit['0']);
			$its = isset($bought[$order]) ? array_intersect_key($bought[$order], $limit) : array();
			$coupons[$index]['limited'] = $known ? isset($for[$id]) : null;
			$coupons[$index]['product_ids'] = array_map('strval', array_keys($its));
		}
		return $coupons;
	}

	/** @return array coupon id => product id => true; product 0 stands for "it is limited" */
	private function limits($coupons, $products) {
		$used = ' `coupon_id` IN (' . self::among($coupons, 'coupon_id') . ')';
		$bought = ' `product_id` IN (' . self::among($products, 'product_id') . ')';
		$product = $this->database->table('coupon_product');
		$parts = array(
			'SELECT `coupon_id`, 0 AS `product_id` FROM ' . $product . ' WHERE' . $used,
			'SELECT `coupon_id`, `product_id` FROM ' . $product . ' WHERE' . $used . ' AND' . $bought
		);
		if ($this->database->has('coupon_category') && $this->database->has('category_path')) {
			$category = $this->database->table('coupon_category');
			$parts[] = 'SELECT `coupon_id`, 0 FROM ' . $category . ' WHERE' . $used;
			$parts[] = 'SELECT c.`coupon_id`, pc.`product_id` FROM ' . $category . ' c'
				. ' JOIN ' . $this->database->table('category_path') . ' cp ON cp.`path_id` = c.`category_id`'
				. ' JOIN ' . $this->database->table('product_to_category') . ' pc ON pc.`category_id` = cp.`category_id`'
				. ' WHERE' . str_replace('`coupon_id`', 'c.`coupon_id`', $used)
				. ' AND' . str_replace('`product_id`', 'pc.`product_id`', $bought);
		}
		$found = array();
		foreach ($this->database->rows(implode(' UNION ', $parts)) as $row) {
			$found[(string)$row['coupon_id']][(string)$row['product_id']] = true;
		}
		return $found;
	}

	private static function among($rows, $name) {
		$ids = array('0' => '0');
		foreach ($rows as $row) {
			$ids[(string)$row[$name]] = (string)(int)$row[$name];
		}
		return implode(', ', $ids);
	}
}
