<?php
/**
 * Kloppend - an order on the wire.
 *
 * From rows to the fields of docs/protocol.md, section 4.3. What is not listed there stays in the shop.
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
class KloppendOrder {
	private static $addressTexts = array(
		'firstname', 'lastname', 'company', 'address_1', 'address_2', 'postcode', 'city'
	);
	private static $texts = array('email', 'firstname', 'lastname');
	private static $given = array('date_added', 'date_modified', 'currency_code', 'currency_value', 'total');

	/** Columns of the order's row that are read, where the shop has them. */
	public static function columns() {
		$columns = array(
			'order_id', 'store_id', 'customer_id', 'customer_group_id', 'order_status_id', 'payment_country_id', 'shipping_country_id',
			'payment_tax_id', 'payment_code', 'shipping_code', 'payment_method', 'shipping_method', 'custom_field',
			'payment_custom_field', 'shipping_custom_field'
		);
		foreach (self::$addressTexts as $name) {
			$columns[] = 'payment_' . $name;
			$columns[] = 'shipping_' . $name;
		}
		return array_merge($columns, self::$texts, self::$given);
	}

	/**
	 * @param array $order its row, with payment_iso and shipping_iso, and from customer_ on the customer's own address
	 * @param array $rows products, options, vouchers, totals, history and coupons of this order, in the shop's order
	 * @param array $vatFields names of fields that may hold a VAT number, as keys
	 */
	public static function wire($order, $rows, $vatFields, KloppendTaxClasses $classes) {
		$wire = array('order_id' => (string)$order['order_id'], 'order_status_id' => (string)$order['order_status_id']);
		foreach (array('store_id', 'customer_group_id') as $name) {
			$wire[$name] = self::id($order, $name);
		}
		foreach (self::$given as $name) {
			$wire[$name] = KloppendText::given($order[$name]);
		}
		foreach (self::$texts as $name) {
			$wire[$name] = KloppendText::decoded(self::of($order, $name));
		}
		$shipping = KloppendMethod::of($order, 'shipping');
		$options = array();
		foreach ($rows['options'] as $row) {
			$options[(string)$row['order_product_id']][] = self::option($row);
		}
		$products = array();
		foreach ($rows['products'] as $row) {
			$id = (string)$row['order_product_id'];
			$products[] = self::product($row) + array('options' => isset($options[$id]) ? $options[$id] : array());
		}
		$totals = array();
		foreach ($rows['totals'] as $row) {
			$totals[] = self::total($row) + array('tax_class_id' => $classes->ofRow($order, (string)$row['code']));
		}
		return $wire + array(
			'payment_address' => self::address($order, 'payment'),
			'delivery_address' => self::address($order, 'shipping'),
			'customer_address' => self::isWithoutAddress($order) ? self::address($order, 'customer') : null,
			'payment_code' => KloppendMethod::paymentCode($order),
			'shipping_code' => isset($shipping['code']) ? $shipping['code'] : '',
			'shipping_tax_class_id' => isset($shipping['tax_class_id']) ? $shipping['tax_class_id'] : null,
			'vat_candidates' => self::vatCandidates($order, $vatFields),
			'products' => $products,
			'vouchers' => array_map(array('KloppendOrder', 'voucher'), $rows['vouchers']),
			'totals' => $totals,
			'history' => array_map(array('KloppendOrder', 'change'), $rows['history']),
			'coupons' => array_map(array('KloppendOrder', 'coupon'), $rows['coupons'])
		);
	}

	public static function product($row) {
		return array(
			'order_product_id' => (string)$row['order_product_id'],
			'product_id' => self::id($row, 'product_id'),
			'name' => KloppendText::decoded($row['name']),
			'model' => KloppendText::decoded($row['model']),
			'quantity' => KloppendText::whole($row['quantity']),
			'price' => KloppendText::given($row['price']),
			'total' => KloppendText::given($row['total']),
			'tax' => KloppendText::given($row['tax']),
			'tax_class_id' => KloppendText::given($row['tax_class_id'])
		);
	}

	public static function option($row) {
		return array('name' => KloppendText::decoded($row['name']), 'value' => KloppendText::decoded($row['value']));
	}

	public static function voucher($row) {
		return array('amount' => KloppendText::given($row['amount']));
	}

	public static function total($row) {
		return array(
			'code' => KloppendText::decoded($row['code']),
			'title' => KloppendText::decoded($row['title']),
			'value' => KloppendText::given($row['value']),
			'sort_order' => KloppendText::whole($row['sort_order'])
		);
	}

	public static function change($row) {
		return array(
			'order_status_id' => (string)$row['order_status_id'],
			'date_added' => KloppendText::given($row['date_added'])
		);
	}

	public static function coupon($row) {
		return array(
			'code' => KloppendText::decoded($row['code']),
			'type' => KloppendText::given($row['type']),
			'discount' => KloppendText::given($row['discount']),
			'free_shipping' => (string)$row['shipping'] === '1',
			'amount' => KloppendText::given($row['amount']),
			'limited' => $row['limited'],
			'product_ids' => $row['product_ids']
		);
	}

	/** Whether the order itself has neither address: 4.x asks for none when nothing is shipped. */
	public static function isWithoutAddress($order) {
		return self::address($order, 'payment') === null && self::address($order, 'shipping') === null;
	}

	/** Columns of an address, as they are called in orders and in the customer's own addresses. */
	public static function addressColumns() {
		return array_merge(self::$addressTexts, array('country_id'));
	}

	private static function address($order, $kind) {
		$address = array();
		foreach (self::$addressTexts as $name) {
			$address[$name] = KloppendText::decoded(self::of($order, $kind . '_' . $name));
		}
		if (implode('', $address) === '' && self::id($order, $kind . '_country_id') === '0') {
			return null;
		}
		$address['country'] = KloppendText::utf8((string)self::of($order, $kind . '_iso'));
		return $address;
	}

	/** Only what may be a VAT number leaves the shop. */
	private static function vatCandidates($order, $vatFields) {
		$found = array(array('payment_tax_id', KloppendText::decoded(self::of($order, 'payment_tax_id'))));
		foreach (array('custom_field', 'payment_custom_field', 'shipping_custom_field') as $column) {
			foreach (KloppendCustomFields::read(self::of($order, $column)) as $id => $value) {
				$found[] = array('custom_field:' . $id, KloppendText::decoded($value));
			}
		}
		$candidates = array();
		foreach ($found as $pair) {
			if ($pair[1] !== '' && ($pair[0] === 'payment_tax_id' || isset($vatFields[$pair[0]]))) {
				$candidates[$pair[0] . "\n" . $pair[1]] = array('field' => $pair[0], 'value' => $pair[1]);
			}
		}
		return array_values($candidates);
	}

	private static function of($row, $name) {
		return isset($row[$name]) ? (string)$row[$name] : '';
	}

	private static function id($row, $name) {
		return isset($row[$name]) && (string)$row[$name] !== '' ? (string)$row[$name] : '0';
	}
}
