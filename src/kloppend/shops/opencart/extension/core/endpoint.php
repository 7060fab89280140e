<?php
/**
 * Kloppend - answers the platform.
 *
 * Checks in the order of docs/protocol.md, section 1.2, then does what is asked. Nothing here changes the shop.
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
class KloppendEndpoint {
	const CLOCK_TOLERANCE = 300;
	private $shop;

	public function __construct(KloppendShop $shop) {
		$this->shop = $shop;
	}

	/** Answer and end the request, unless somebody placed the module on a page: then there is nothing to show. */
	public function serve($server) {
		$query = isset($server['QUERY_STRING']) ? $server['QUERY_STRING'] : '';
		if (!preg_match('/(?:\A|&|;)route=[a-z%0-9\/]*kloppend/i', $query)) {
			return;
		}
		$remote = isset($server['REMOTE_ADDR']) ? $server['REMOTE_ADDR'] : '';
		$this->respond($query, $remote, time())->send($server);
	}

	/** @return KloppendReply to a request with this query from this address, at this unix time */
	public function respond($query, $remote, $now) {
		$parameters = KloppendQuery::parameters($query);
		$key = $this->shop->setting('api_key');
		$given = is_array($parameters) && isset($parameters['signature']) ? $parameters['signature'] : '';
		$expected = is_array($parameters) ? KloppendSignature::sign($key, $parameters) : false;
		$enabled = $this->shop->setting('status') === '1' && $key !== '';
		$fits = KloppendSignature::equals($expected, $given);
		if (!$enabled || !$fits) {
			return $this->refusal($remote, $now);
		}
		$values = new KloppendParameters($parameters);
		if (!preg_match('/\A[0-9a-f]{32,64}\z/', $values->text('nonce'))) {
			return KloppendReply::refused(false);
		}
		return KloppendReply::signed($key, $values->text('nonce'), $this->content($values, $now));
	}

	/** Wrong signatures are counted; who has the right one is never looked up here. */
	private function refusal($remote, $now) {
		try {
			$often = $this->shop->state->wrong($remote, $now) > 20;
		} catch (Exception $failed) {
			$often = true; // without counting nobody gets a second try
		}
		return KloppendReply::refused($often);
	}

	private function content(KloppendParameters $values, $now) {
		if ($values->text('protocol') !== (string)Kloppend::PROTOCOL) {
			return self::error('PROTOCOL_UNKNOWN', array('protocols' => array(Kloppend::PROTOCOL)));
		}
		$time = $values->text('timestamp');
		if (!preg_match('/\A[0-9]{1,12}\z/', $time) || abs((float)$time - $now) > self::CLOCK_TOLERANCE) {
			return self::error('CLOCK_DIFFERS', array('time' => (int)$now));
		}
		try {
			$content = $this->act($values->text('action'), $values, $now);
		} catch (KloppendParameterInvalid $invalid) {
			return self::error('PARAMETER_INVALID', array('parameter' => $invalid->getMessage()));
		} catch (Exception $failed) {
			return self::error('DATABASE_FAILED', array());
		}
		return $content;
	}

	private function act($action, KloppendParameters $values, $now) {
		$database = $this->shop->database;
		switch ($action) {
			case 'ping':
				$content = $this->ping($values);
				break;
			case 'orders':
				$orders = new KloppendOrders($database);
				$content = $this->withSurroundings($orders->page($values));
				break;
			case 'order':
				$orders = new KloppendOrders($database);
				$content = $this->withSurroundings($orders->one($values));
				break;
			case 'inventory':
				$content = KloppendInventory::page($database, $values);
				break;
			case 'catalogue':
				$catalogue = new KloppendCatalogue($this->shop);
				$content = $catalogue->lists();
				break;
			default:
				return self::error('ACTION_UNKNOWN', array());
		}
		$this->shop->state->seen($action, self::count($content), $now);
		$content['clock'] = KloppendClock::readings($database);
		$content['query_ms'] = $database->milliseconds();
		return $content;
	}

	private function withSurroundings($content) {
		$catalogue = new KloppendCatalogue($this->shop);
		$content['base_currency'] = $this->shop->baseCurrency();
		$content['tax_rates'] = $catalogue->plainRates();
		return $content;
	}

	private function ping(KloppendParameters $values) {
		$own = $this->shop->licenceMark();
		$fits = KloppendSignature::equals($own, $values->text('licence')) ? 'ok' : 'differs';
		return array(
			'shop_id' => $this->shop->state->shopId(),
			'software' => 'opencart',
			'software_version' => $this->shop->version,
			'extension_version' => Kloppend::VERSION,
			'php_version' => PHP_VERSION,
			'protocols' => array(Kloppend::PROTOCOL),
			'base_currency' => $this->shop->baseCurrency(),
			'licence' => $own === '' ? 'empty' : $fits,
			'stores' => $this->stores()
		);
	}

	/** All stores of a multi-store; the main one is not in the table. */
	private function stores() {
		$main = $this->shop->mainSettings(array('config_name', 'config_url'));
		$stores = array(array(
			'store_id' => '0',
			'name' => KloppendText::decoded($main['config_name']),
			'url' => KloppendText::decoded($main['config_url'] !== '' ? $main['config_url'] : $this->shop->address)
		));
		$sql = 'SELECT `store_id`, `name`, `url` FROM ' . $this->shop->database->table('store') . ' ORDER BY `store_id`';
		foreach ($this->shop->database->rows($sql) as $row) {
			$stores[] = array_map(array('KloppendText', 'decoded'), $row);
		}
		return $stores;
	}

	private static function count($content) {
		foreach (array('orders', 'entries') as $name) {
			if (isset($content[$name])) {
				return count($content[$name]);
			}
		}
		return isset($content['order']) ? 1 : 0;
	}

	private static function error($code, $details) {
		return array('error' => array_merge(array('code' => $code), $details));
	}
}
