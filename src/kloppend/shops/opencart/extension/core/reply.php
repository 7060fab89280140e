<?php
/**
 * Kloppend - what goes back.
 *
 * The signed envelope for the platform, the same short answer for everybody else.
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
class KloppendReply {
	const SMALL = 1024;
	public $status;
	public $body;

	public function __construct($status, $body) {
		$this->status = $status;
		$this->body = $body;
	}

	/** For everybody without a valid signature: no version, no reason. */
	public static function refused($often) {
		return new self($often ? 429 : 403, '{"error":"refused"}');
	}

	/** A body, proved to be this shop's answer to the request with this nonce. */
	public static function signed($key, $nonce, $content) {
		$body = json_encode($content);
		return new self(200, json_encode(array(
			'protocol' => Kloppend::PROTOCOL,
			'nonce' => $nonce,
			'body' => $body,
			'signature' => KloppendSignature::envelope($key, Kloppend::PROTOCOL, $nonce, $body)
		)));
	}

	/**
	 * Send it, past everything that other extensions would do to a page, and end the request.
	 *
	 * When somebody's output went out already, no header can follow it. The answer then goes after it as it is: the
	 * platform finds it by its signature.
	 */
	public function send($server) {
		while (ob_get_level() > 0 && @ob_end_clean()) {
			continue;
		}
		$free = !headers_sent();
		if ($free) {
			$this->headers($server);
		}
		echo $free && !ob_get_length() ? $this->packed($server) : $this->body;
		ob_start(array('KloppendReply', 'nothing')); // what is printed while PHP shuts down would spoil a packed answer
		exit;
	}

	/** For ob_start(), which wants a public method. */
	public static function nothing($text) {
		return '';
	}

	private function headers($server) {
		$reasons = array(200 => 'OK', 403 => 'Forbidden', 429 => 'Too Many Requests');
		$protocol = isset($server['SERVER_PROTOCOL']) ? $server['SERVER_PROTOCOL'] : 'HTTP/1.1';
		header($protocol . ' ' . $this->status . ' ' . $reasons[$this->status], true, $this->status);
		header_remove('Content-Encoding'); // of a buffer that was thrown away
		header_remove('Content-Length');
		header_remove('Last-Modified');
		header_remove('ETag');
		header('Content-Type: application/json');
		header('Cache-Control: no-store, private, no-transform');
		header('Expires: Thu, 01 Jan 1970 00:00:00 GMT');
		header('Pragma: no-cache');
		header('X-LiteSpeed-Cache-Control: no-cache');
		header('X-Accel-Expires: 0');
		header('X-Robots-Tag: noindex');
		header('Vary: Accept-Encoding');
	}

	/** The body, with gzip when it is asked for and nobody else does it. */
	private function packed($server) {
		$accepted = isset($server['HTTP_ACCEPT_ENCODING']) ? strtolower($server['HTTP_ACCEPT_ENCODING']) : '';
		$asked = preg_match('/(?:\A|[,\s])gzip(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|\z))/', $accepted);
		$compressing = ini_get('zlib.output_compression') && strtolower(ini_get('zlib.output_compression')) !== 'off';
		if (!$asked || strlen($this->body) < self::SMALL || $compressing || !function_exists('gzencode')) {
			return $this->body;
		}
		header('Content-Encoding: gzip');
		return gzencode($this->body, 6);
	}
}
