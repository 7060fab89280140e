<?php
/**
 * Kloppend - the rows that belong to orders.
 *
 * One query for each table and page, however many orders: older OpenCarts have no index on order_id.
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
class KloppendRows {
	private $database;

	public function __construct(KloppendDatabase $database) {
		$this->database = $database;
	}

	/** @return array order id => its row, with the countries' ISO codes */
	public function orders($ids) {
		$columns = array();
		foreach (KloppendOrder::columns() as $column) {
			if ($this->database->has('order', $column)) {
				$columns[] = 'o.`' . $column . '`';
			}
		}
		$country = $this->database->table('country');
		$rows = $this->database->rows(
			'SELECT ' . implode(', ', $columns) . ', pc.`iso_code_2` AS `payment_iso`, sc.`iso_code_2` AS `shipping_iso`'
			. ' FROM ' . $this->database->table('order') . ' o'
			. ' LEFT JOIN ' . $country . ' pc ON pc.`country_id` = o.`payment_country_id`'
			. ' LEFT JOIN ' . $country . ' sc ON sc.`country_id` = o.`shipping_country_id`'
			. ' WHERE o.`order_id` IN (' . implode(', ', $ids) . ')'
		);
		$found = array();
		foreach ($rows as $row) {
			$found[(string)$row['order_id']] = $row;
		}
		return $this->withCustomersAddresses($found);
	}

	/** @return array order id => array of products, options, vouchers, totals, history and coupons */
	public function belonging($ids) {
		$among = implode(', ', $ids);
		$limits = new KloppendCouponLimits($this->database);
		$products = $this->products($among);
		$found = array(
			'products' => $products,
			'options' => $this->options($among),
			'vouchers' => $this->children('order_voucher', 'order_voucher_id', 'amount', $among),
			'totals' => $this->children('order_total', 'sort_order`, `order_total_id', 'code`, `title`, `value`, `sort_order', $among),
			'history' => $this->children('order_history', 'order_history_id', 'order_status_id`, `date_added', $among),
			'coupons' => $limits->told($this->coupons($among), $products)
		);
		$belonging = array_fill_keys($ids, array_fill_keys(array_keys($found), array()));
		foreach ($found as $kind => $rows) {
			foreach ($rows as $row) {
				$belonging[(string)$row['order_id']][$kind][] = $row;
			}
		}
		return $belonging;
	}

	/** How many products each order has. @return array order id => number */
	public function lineCounts($ids) {
		$rows = $this->database->rows(
			'SELECT `order_id`, COUNT(*) AS `lines` FROM ' . $this->database->table('order_product')
			. ' WHERE `order_id` IN (' . implode(', ', $ids) . ') GROUP BY `order_id`'
		);
		$counts = array();
		foreach ($rows as $row) {
			$counts[(string)$row['order_id']] = (int)$row['lines'];
		}
		return $counts;
	}

	/** An order of 4.x may have no address at all; its customer's default one stands in, where there is one. */
	private function withCustomersAddresses($orders) {
		$customers = array();
		foreach ($orders as $id => $order) {
			if (!empty($order['customer_id']) && KloppendOrder::isWithoutAddress($order)) {
				$customers[$id] = (int)$order['customer_id'];
			}
		}
		$default = $this->database->has('address', 'default');
		if (!$default && !$this->database->has('customer', 'address_id')) {
			return $orders;
		}
		$columns = '';
		foreach (KloppendOrder::addressColumns() as $column) {
			$columns .= ', a.`' . $column . '` AS `customer_' . $column . '`';
		}
		$own = 'JOIN ' . $this->database->table('customer') . ' u'
			. ' ON u.`customer_id` = a.`customer_id` AND u.`address_id` = a.`address_id`';
		$among = implode(', ', array_unique(array_merge(array(0), $customers))); // 0: nobody, a page always costs this query
		$rows = $this->database->rows(
			'SELECT a.`customer_id`' . $columns . ', c.`iso_code_2` AS `customer_iso` FROM ' . $this->database->table('address')
			. ' a ' . ($default ? '' : $own) . ' LEFT JOIN ' . $this->database->table('country') . ' c'
			. ' ON c.`country_id` = a.`country_id` WHERE a.`customer_id` IN (' . $among . ')'
			. ($default ? ' AND a.`default` = 1' : '') . ' ORDER BY a.`address_id` DESC'
		);
		foreach ($rows as $row) {
			foreach (array_keys($customers, (int)$row['customer_id']) as $id) {
				$orders[$id] = $row + $orders[$id];
			}
		}
		return $orders;
	}

	private function products($among) {
		return $this->database->rows(
			'SELECT op.`order_id`, op.`order_product_id`, op.`product_id`, op.`name`, op.`model`, op.`quantity`,'
			. ' op.`price`, op.`total`, op.`tax`, p.`tax_class_id` FROM ' . $this->database->table('order_product') . ' op'
			. ' LEFT JOIN ' . $this->database->table('product') . ' p ON p.`product_id` = op.`product_id`'
			. ' WHERE op.`order_id` IN (' . $among . ') ORDER BY op.`order_product_id`'
		);
	}

	/** Only what is chosen from a list: what a customer types may be anybody's name. */
	private function options($among) {
		if (!$this->database->has('order_option')) {
			return array();
		}
		return $this->database->rows(
			'SELECT `order_id`, `order_product_id`, `name`, `value` FROM ' . $this->database->table('order_option')
			. " WHERE `type` IN ('select', 'radio', 'checkbox', 'image')"
			. ' AND `order_id` IN (' . $among . ') ORDER BY `order_option_id`'
		);
	}

	private function children($table, $sorting, $columns, $among) {
		if (!$this->database->has($table)) {
			return array(); // 4.1 sells no gift vouchers
		}
		return $this->database->rows(
			'SELECT `order_id`, `' . $columns . '` FROM ' . $this->database->table($table)
			. ' WHERE `order_id` IN (' . $among . ') ORDER BY `' . $sorting . '`'
		);
	}

	private function coupons($among) {
		if (!$this->database->has('coupon_history', 'amount') || !$this->database->has('coupon', 'shipping')) {
			return array();
		}
		return $this->database->rows(
			'SELECT h.`order_id`, h.`amount`, c.`coupon_id`, c.`code`, c.`type`, c.`discount`, c.`shipping`'
			. ' FROM ' . $this->database->table('coupon_history') . ' h'
			. ' JOIN ' . $this->database->table('coupon') . ' c ON c.`coupon_id` = h.`coupon_id`'
			. ' WHERE h.`order_id` IN (' . $among . ') ORDER BY h.`coupon_history_id`'
		);
	}
}
