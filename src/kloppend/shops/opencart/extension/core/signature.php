<?php
/**
 * Kloppend - signatures of the shop protocol.
 *
 * Proves that a request comes from the platform and that an answer is this shop's answer to that request. The exact
 * bytes are written down in docs/protocol.md and checked by docs/protocol-vectors.json.
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
class KloppendSignature {
	const REQUEST = 'kloppend-request-1';
	const ANSWER = 'kloppend-answer-1';

	/**
	 * The one spelling of a request's parameters that is signed: sorted, percent-encoded, without route and signature.
	 *
	 * A request with an array among its parameters (name[]=value) has no such spelling, so nothing fits it.
	 *
	 * @param array $parameters name => value as they were sent: URL-decoded, not HTML-escaped
	 * @return string|false
	 */
	public static function canonical($parameters) {
		$encoded = array();
		foreach ($parameters as $name => $value) {
			if (is_array($value)) {
				return false;
			}
			if ((string)$name !== 'route' && (string)$name !== 'signature') {
				$encoded[] = array(self::encode($name), self::encode($value));
			}
		}
		usort($encoded, array('KloppendSignature', 'compareNames'));
		$pairs = array();
		foreach ($encoded as $pair) {
			$pairs[] = $pair[0] . '=' . $pair[1];
		}
		return self::REQUEST . "\n" . implode('&', $pairs);
	}

	/** @return string|false HMAC-SHA256 of the canonical form, 64 lower-case hex digits; false when there is none */
	public static function sign($key, $parameters) {
		$canonical = self::canonical($parameters);
		return $canonical === false ? false : hash_hmac('sha256', $canonical, (string)$key);
	}

	/** @return string HMAC-SHA256 over the protocol, the request's nonce and the body text, 64 lower-case hex digits */
	public static function envelope($key, $protocol, $nonce, $body) {
		$text = self::ANSWER . "\n" . (int)$protocol . "\n" . $nonce . "\n" . $body;
		return hash_hmac('sha256', $text, (string)$key);
	}

	/** Compare in a time that does not tell where the two differ; hash_equals() exists only from PHP 5.6. */
	public static function equals($expected, $given) {
		if (!is_string($expected) || !is_string($given) || strlen($expected) !== strlen($given)) {
			return false;
		}
		$difference = 0;
		for ($i = 0; $i < strlen($expected); $i++) {
			$difference |= ord($expected[$i]) ^ ord($given[$i]);
		}
		return $difference === 0;
	}

	/** usort() wants a public method; names are compared as bytes, whatever they look like. */
	public static function compareNames($one, $other) {
		return strcmp($one[0], $other[0]);
	}

	/** RFC 3986: only letters, digits and - . _ ~ stay. rawurlencode() encoded the tilde before PHP 5.3. */
	private static function encode($text) {
		return str_replace('%7E', '~', rawurlencode((string)$text));
	}
}
