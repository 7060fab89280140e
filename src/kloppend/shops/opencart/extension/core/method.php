<?php
/**
 * Kloppend - how an order is paid and sent.
 *
 * Columns up to OpenCart 4.0.1, JSON from 4.0.2.
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
class KloppendMethod {
	/**
	 * @param array $order the order's row
	 * @param string $kind payment or shipping
	 * @return array code, name and tax_class_id, those that are known
	 */
	public static function of($order, $kind) {
		if (array_key_exists($kind . '_code', $order)) {
			return array('code' => KloppendText::decoded($order[$kind . '_code']));
		}
		$known = isset($order[$kind . '_method']) ? json_decode($order[$kind . '_method']) : null;
		$found = array();
		foreach (array('code', 'name', 'tax_class_id') as $name) {
			if (is_object($known) && isset($known->$name) && is_scalar($known->$name)) {
				$found[$name] = KloppendText::decoded((string)$known->$name);
			}
		}
		return $found;
	}

	/** The payment method's code; 4.0.2 and later double it (cod.cod), which is undone. */
	public static function paymentCode($order) {
		$method = self::of($order, 'payment');
		$code = isset($method['code']) ? $method['code'] : '';
		$parts = explode('.', $code, 2);
		return count($parts) === 2 && $parts[0] === $parts[1] ? $parts[0] : $code;
	}

	/** The payment method as the customer saw it. */
	public static function paymentName($order) {
		$method = self::of($order, 'payment');
		if (isset($method['name']) && $method['name'] !== '') {
			return $method['name'];
		}
		return KloppendText::decoded(isset($order['payment_method']) ? $order['payment_method'] : '');
	}
}
