<?php
/**
 * Kloppend - a request's parameters.
 *
 * Read from the raw query: OpenCart escapes $_GET (up to 1.5 even the original), PHP renames and nests what it likes.
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
class KloppendQuery {
	const LONGEST = 4096;

	/**
	 * @param string $text the query string, raw or HTML-escaped once
	 * @return array|false name => value, false when it cannot be a request of the platform
	 */
	public static function parameters($text) {
		$text = htmlspecialchars_decode((string)$text, ENT_COMPAT);
		if (strlen($text) > self::LONGEST) {
			return false;
		}
		$parameters = array();
		foreach (explode('&', $text) as $pair) {
			$parts = explode('=', $pair, 2);
			$name = urldecode($parts[0]);
			if (!preg_match('/\A[a-z][a-z0-9_]*\z/', $name) || isset($parameters[$name])) {
				return false; // arrays, repetitions and names that PHP would rewrite
			}
			$parameters[$name] = isset($parts[1]) ? urldecode($parts[1]) : '';
		}
		return $parameters;
	}
}

/** A parameter is missing or has a wrong form; the message is its name. */
class KloppendParameterInvalid extends Exception {
}

/** The parameters of an action, each checked when it is taken. */
class KloppendParameters {
	private $values;

	public function __construct($values) {
		$this->values = $values;
	}

	/** Any text; empty when it is missing. */
	public function text($name) {
		return isset($this->values[$name]) ? (string)$this->values[$name] : '';
	}

	/** A text of this form; others throw KloppendParameterInvalid. */
	public function matching($name, $pattern) {
		if (!preg_match('/\A(?:' . $pattern . ')\z/', $this->text($name))) {
			throw new KloppendParameterInvalid($name);
		}
		return $this->text($name);
	}

	/** An order id, as digits: it may be larger than PHP's numbers. */
	public function id($name) {
		return $this->matching($name, '0|[1-9][0-9]{0,19}');
	}

	/** How many, 1 to $most. */
	public function limit($most) {
		$limit = (int)$this->matching('limit', '[0-9]{1,4}');
		if ($limit < 1 || $limit > $most) {
			throw new KloppendParameterInvalid('limit');
		}
		return $limit;
	}

	/** A date and time of the database; the zero date counts as one. */
	public function moment($name) {
		$text = $this->matching($name, '[0-9]{4}-[0-9]{2}-[0-9]{2} (?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]');
		return $this->dated($name, $text);
	}

	/** A day, or an empty text when none is given. */
	public function day($name) {
		return $this->text($name) === '' ? '' : $this->dated($name, $this->matching($name, '[0-9]{4}-[0-9]{2}-[0-9]{2}'));
	}

	private function dated($name, $text) {
		$real = checkdate((int)substr($text, 5, 2), (int)substr($text, 8, 2), (int)substr($text, 0, 4));
		if (!$real && substr($text, 0, 10) !== '0000-00-00') {
			throw new KloppendParameterInvalid($name);
		}
		return $text;
	}
}
