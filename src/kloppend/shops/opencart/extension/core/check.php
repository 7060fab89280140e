<?php
/**
 * Kloppend - asks the platform whether it knows this shop.
 *
 * Signed as the platform signs its own questions; docs/protocol.md, section 6. Nothing secret travels.
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
class KloppendCheck {
	const SECONDS = 15;
	const LARGEST = 65536;
	private $shop;
	private $location = '';

	public function __construct(KloppendShop $shop) {
		$this->shop = $shop;
	}

	/**
	 * @param string $address of the platform
	 * @return array outcome (ok, key, clock, unproven, answer, status, redirect, name, time, tls, unreachable, curl), what
	 *     the platform said, and a detail: the HTTP status, where a redirect leads, or cURL's number of its error
	 */
	public function ask($address, $now) {
		if (!function_exists('curl_init') || !function_exists('curl_exec')) { // hosts forbid functions one by one
			return array('outcome' => 'curl');
		}
		$nonce = KloppendState::random();
		list($status, $text, $detail) = $this->fetch(self::url($address, $this->parameters($nonce, $now)));
		if ($status === 200) {
			return $this->opened($text, $nonce);
		}
		if ($status === 0) {
			return array('outcome' => self::failure($detail), 'detail' => $detail);
		}
		return self::isSameHost($address, $detail) ? array('outcome' => 'redirect', 'detail' => $detail)
			: array('outcome' => 'status', 'detail' => $status);
	}

	/** Apart from www: another address is nothing to advise, whoever sent it. */
	private static function isSameHost($one, $other) {
		$hosts = array();
		foreach (array($one, $other) as $address) {
			$hosts[] = preg_replace('/\Awww\./', '', strtolower((string)parse_url($address, PHP_URL_HOST)));
		}
		return $other !== '' && $hosts[0] === $hosts[1];
	}

	/** What an error of cURL means for people. */
	private static function failure($number) {
		$kinds = array(6 => 'name', 28 => 'time', 35 => 'tls', 51 => 'tls', 53 => 'tls', 54 => 'tls', 58 => 'tls');
		$kinds += array(1 => 'tls', 59 => 'tls', 60 => 'tls', 66 => 'tls', 77 => 'tls', 80 => 'tls', 83 => 'tls');
		return isset($kinds[$number]) ? $kinds[$number] : 'unreachable';
	}

	/** The question, signed; an empty key signs nothing. */
	public function parameters($nonce, $now) {
		$parameters = array(
			'action' => 'check',
			'protocol' => (string)Kloppend::PROTOCOL,
			'timestamp' => (string)$now,
			'nonce' => $nonce,
			'licence' => $this->shop->licenceMark(),
			'shop' => $this->shop->address,
			'shop_id' => $this->shop->state->shopId(),
			'software' => 'opencart',
			'software_version' => $this->shop->version,
			'extension_version' => Kloppend::VERSION,
			'php_version' => PHP_VERSION
		);
		$parameters['signature'] = KloppendSignature::sign($this->shop->setting('api_key'), $parameters);
		return $parameters;
	}

	/** @return array outcome and the fields of the answer, texts only when they are proved to come from the platform */
	public function opened($text, $nonce) {
		$envelope = json_decode($text, true);
		foreach (array('nonce', 'body', 'signature') as $name) {
			if (!is_array($envelope) || !isset($envelope[$name]) || !is_string($envelope[$name])) {
				return array('outcome' => 'answer');
			}
		}
		$body = json_decode($envelope['body'], true);
		if (!is_array($body) || !isset($envelope['protocol']) || !KloppendSignature::equals($nonce, $envelope['nonce'])) {
			return array('outcome' => 'answer');
		}
		if ($envelope['signature'] === '') {
			$licence = isset($body['licence']) && is_string($body['licence']) ? $body['licence'] : '';
			return array('outcome' => 'key', 'licence' => $licence);
		}
		$expected = KloppendSignature::envelope(
			$this->shop->setting('api_key'), $envelope['protocol'], $nonce, $envelope['body']
		);
		if (!KloppendSignature::equals($expected, $envelope['signature'])) {
			return array('outcome' => 'unproven');
		}
		return array('outcome' => isset($body['error']) ? 'clock' : 'ok') + $body;
	}

	private static function url($address, $parameters) {
		return rtrim($address, '/') . '/extension/check?' . http_build_query($parameters, '', '&');
	}

	/** @return array HTTP status (0: no answer), body, and cURL's error or the address a redirect leads to */
	private function fetch($url) {
		$handle = curl_init($url);
		curl_setopt($handle, CURLOPT_RETURNTRANSFER, true);
		curl_setopt($handle, CURLOPT_FOLLOWLOCATION, false);
		curl_setopt($handle, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
		curl_setopt($handle, CURLOPT_SSL_VERIFYPEER, true);
		curl_setopt($handle, CURLOPT_SSL_VERIFYHOST, 2);
		curl_setopt($handle, CURLOPT_CONNECTTIMEOUT, 5);
		curl_setopt($handle, CURLOPT_TIMEOUT, self::SECONDS);
		curl_setopt($handle, CURLOPT_USERAGENT, 'Kloppend/' . Kloppend::VERSION);
		curl_setopt($handle, CURLOPT_HEADERFUNCTION, array($this, 'header'));
		$this->location = '';
		$body = curl_exec($handle);
		if ($body === false) {
			return array(0, '', curl_errno($handle));
		}
		$status = (int)curl_getinfo($handle, CURLINFO_HTTP_CODE);
		return array($status, strlen($body) > self::LARGEST ? '' : $body, $status < 400 ? $this->location : '');
	}

	/** For cURL: keeps where a redirect leads to, without its path and query. CURLINFO_REDIRECT_URL is too new. */
	public function header($handle, $line) {
		if (preg_match('#\Alocation:\s*(https?://[A-Za-z0-9.:-]{1,200})(?:[/?\#\s]|\z)#i', $line, $found)) {
			$this->location = $found[1];
		}
		return strlen($line);
	}
}
