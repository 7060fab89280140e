<?php
/**
 * Kloppend - what a merchant chooses settings from.
 *
 * Tax tables, statuses, ways to pay, customer groups, custom fields and currencies.
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
class KloppendCatalogue {
	private $shop;
	private $database;

	public function __construct(KloppendShop $shop) {
		$this->shop = $shop;
		$this->database = $shop->database;
	}

	/** @return array the lists of docs/protocol.md, section 4.6 */
	public function lists() {
		return array(
			'tax_classes' => $this->picked('tax_class', 'tax_class_id', array('tax_class_id', 'title')),
			'tax_rates' => $this->taxRates(),
			'tax_rules' => $this->taxRules(),
			'order_statuses' => $this->named('order_status', 'order_status_id'),
			'payment_methods' => $this->paymentMethods(),
			'customer_groups' => $this->named('customer_group_description', 'customer_group_id'),
			'custom_fields' => $this->customFields(),
			'currencies' => $this->picked('currency', 'currency_id', array('code', 'value')),
			'hints' => array(
				'package' => $this->shop->setting('package'),
				'trigger_status' => $this->shop->setting('trigger_status'),
				'vat_field' => $this->shop->setting('vat_field')
			)
		);
	}

	/** The rates that come along with every answer about orders. */
	public function plainRates() {
		$rows = $this->database->rows(
			'SELECT r.`tax_rate_id`, r.`name`, r.`rate`, r.`type`, u.`tax_class_id` FROM ' . $this->database->table('tax_rate')
			. ' r LEFT JOIN ' . $this->database->table('tax_rule') . ' u ON u.`tax_rate_id` = r.`tax_rate_id`'
			. ' ORDER BY r.`tax_rate_id`, u.`tax_class_id`'
		);
		$rates = array();
		foreach ($rows as $row) {
			$id = (string)$row['tax_rate_id'];
			$class = KloppendText::given($row['tax_class_id']);
			unset($row['tax_rate_id'], $row['tax_class_id']);
			if (!isset($rates[$id])) {
				$rates[$id] = array_map(array('KloppendText', 'decoded'), $row) + array('tax_class_ids' => array());
			}
			if ($class !== null && !in_array($class, $rates[$id]['tax_class_ids'], true)) {
				$rates[$id]['tax_class_ids'][] = $class;
			}
		}
		return array_values($rates);
	}

	/** @return array id => name, in the language of the shop's administration */
	public function names($table, $key) {
		$names = array();
		foreach ($this->named($table, $key) as $row) {
			$names[$row[$key]] = $row['name'];
		}
		return $names;
	}

	/** @return array a list of field, name and location */
	public function customFields() {
		if (!$this->database->has('custom_field', 'location') || !$this->database->has('custom_field_description', 'name')) {
			return array();
		}
		$locations = array();
		foreach ($this->picked('custom_field', 'custom_field_id', array('custom_field_id', 'location')) as $row) {
			$locations[$row['custom_field_id']] = $row['location'];
		}
		$fields = array();
		foreach ($this->names('custom_field_description', 'custom_field_id') as $id => $name) {
			$location = isset($locations[$id]) ? $locations[$id] : '';
			$fields[] = array('field' => 'custom_field:' . $id, 'name' => $name, 'location' => $location);
		}
		return $fields;
	}

	private function picked($table, $sorting, $names) {
		$rows = $this->database->rows(
			'SELECT `' . implode('`, `', $names) . '` FROM ' . $this->database->table($table) . ' ORDER BY `' . $sorting . '`'
		);
		$found = array();
		foreach ($rows as $row) {
			$found[] = array_map(array('KloppendText', 'decoded'), $row);
		}
		return $found;
	}

	/** Names by id, each once: in the administration's language where it has one. */
	private function named($table, $key) {
		$rows = $this->database->rows(
			'SELECT `' . $key . '`, `name` FROM ' . $this->database->table($table)
			. ' ORDER BY `' . $key . '`, `language_id` <> ' . $this->language() . ', `language_id`'
		);
		$found = array();
		foreach ($rows as $row) {
			$id = (string)$row[$key];
			if (!isset($found[$id])) {
				$found[$id] = array($key => $id, 'name' => KloppendText::decoded($row['name']));
			}
		}
		return array_values($found);
	}

	private function language() {
		$settings = $this->shop->mainSettings(array('config_admin_language', 'config_language_admin'));
		$code = $settings['config_admin_language'] . $settings['config_language_admin'];
		$row = $this->database->row(
			'SELECT `language_id` FROM ' . $this->database->table('language') . ' WHERE `code` = ' . $this->database->quoted($code)
		);
		return $row ? (int)$row['language_id'] : 0;
	}

	private function taxRates() {
		$countries = $this->grouped(
			'SELECT z.`geo_zone_id` AS `id`, c.`iso_code_2` AS `value` FROM ' . $this->database->table('zone_to_geo_zone') . ' z'
			. ' JOIN ' . $this->database->table('country') . ' c ON c.`country_id` = z.`country_id`'
			. " WHERE c.`iso_code_2` <> '' ORDER BY z.`zone_to_geo_zone_id`"
		);
		$groups = $this->grouped(
			'SELECT `tax_rate_id` AS `id`, `customer_group_id` AS `value` FROM '
			. $this->database->table('tax_rate_to_customer_group') . ' ORDER BY `customer_group_id`'
		);
		$rates = array();
		$names = array('tax_rate_id', 'name', 'rate', 'type', 'geo_zone_id');
		foreach ($this->picked('tax_rate', 'tax_rate_id', $names) as $rate) {
			$zone = $rate['geo_zone_id'];
			unset($rate['geo_zone_id']);
			$rate['countries'] = isset($countries[$zone]) ? $countries[$zone] : array();
			$rate['customer_group_ids'] = isset($groups[$rate['tax_rate_id']]) ? $groups[$rate['tax_rate_id']] : array();
			$rates[] = $rate;
		}
		return $rates;
	}

	/** @return array id => its values, each once */
	private function grouped($sql) {
		$found = array();
		foreach ($this->database->rows($sql) as $row) {
			$id = (string)$row['id'];
			$value = KloppendText::given($row['value']);
			if (!isset($found[$id]) || !in_array($value, $found[$id], true)) {
				$found[$id][] = $value;
			}
		}
		return $found;
	}

	private function taxRules() {
		$rules = $this->picked('tax_rule', 'tax_rule_id', array('tax_class_id', 'tax_rate_id', 'based', 'priority'));
		foreach ($rules as $index => $rule) {
			$rules[$index]['priority'] = (int)$rule['priority'];
		}
		return $rules;
	}

	/** What is installed now and what stands on confirmed orders, named as the last customer saw it. */
	private function paymentMethods() {
		$columns = $this->database->has('order', 'payment_code') ? '`payment_code`, `payment_method`' : '`payment_method`';
		$methods = array();
		$rows = $this->database->rows(
			'SELECT ' . $columns . ', COUNT(*) AS `seen`, MAX(`order_id`) AS `last` FROM ' . $this->database->table('order')
			. ' WHERE `order_status_id` > 0 GROUP BY ' . $columns . ' ORDER BY `last`'
		);
		$installed = array();
		$extensions = "SELECT `code` FROM " . $this->database->table('extension') . " WHERE `type` = 'payment'";
		foreach ($this->database->rows($extensions) as $row) {
			$code = KloppendText::utf8((string)$row['code']);
			$installed[$code] = true;
			$methods[$code] = array('code' => $code, 'name' => $code, 'installed' => true, 'seen' => 0);
		}
		foreach ($rows as $row) {
			$code = KloppendMethod::paymentCode($row);
			$parts = explode('.', $code, 2);
			$seen = isset($methods[$code]) ? $methods[$code]['seen'] : 0;
			$methods[$code] = array(
				'code' => $code,
				'name' => KloppendMethod::paymentName($row),
				'installed' => isset($installed[$parts[0]]),
				'seen' => $seen + (int)$row['seen']
			);
		}
		ksort($methods, SORT_STRING);
		return array_values($methods);
	}
}
