<?php
/**
 * Kloppend - custom fields.
 *
 * As the versions store them: PHP-serialized, JSON, JSON within JSON, flat or nested by location. Serialized text is read
 * by hand, because unserialize() would make objects of it.
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
class KloppendCustomFields {
	const DEEPEST = 20;

	/** @return array field id => text; whatever cannot be read, and values that are not one text, are left out */
	public static function read($text) {
		$found = substr((string)$text, 0, 2) === 'a:' ? self::unserialized((string)$text) : self::decoded((string)$text);
		$flat = array();
		foreach (is_array($found) ? $found : array() as $name => $value) {
			if (is_array($value)) { // 4.0.2: nested by location
				foreach ($value as $inner => $text) {
					if (is_string($text)) {
						$flat[$inner] = $text;
					}
				}
			} else {
				$flat[$name] = $value;
			}
		}
		$fields = array();
		foreach ($flat as $name => $value) {
			if (preg_match('/\A[0-9]+\z/', (string)$name) && $value !== '') {
				$fields[(string)$name] = $value;
			}
		}
		return $fields;
	}

	private static function decoded($text) {
		$raw = json_decode($text);
		if (is_string($raw)) { // 4.0.2 encodes a known customer's fields twice
			$raw = json_decode($raw);
		}
		return self::plain($raw);
	}

	/** Objects as arrays, texts and whole numbers as texts, everything else as an empty text. */
	private static function plain($raw) {
		if (is_object($raw)) {
			$found = array();
			foreach ($raw as $name => $value) {
				$found[(string)$name] = self::plain($value);
			}
			return $found;
		}
		return is_string($raw) || is_int($raw) ? (string)$raw : '';
	}

	private static function unserialized($text) {
		$at = 0;
		return self::value($text, $at, 0);
	}

	/** The value at this place, which moves on; null when it cannot be read. */
	private static function value($text, &$at, $depth) {
		if ($depth < self::DEEPEST && preg_match('/\Ga:(\d{1,4}):\{/', $text, $found, 0, $at)) {
			$at += strlen($found[0]);
			return self::elements($text, $at, (int)$found[1], $depth);
		}
		if (preg_match('/\Gs:(\d{1,9}):"/', $text, $found, 0, $at)) {
			$start = $at + strlen($found[0]);
			$at = $start + (int)$found[1] + 2;
			return substr($text, $at - 2, 2) === '";' ? (string)substr($text, $start, (int)$found[1]) : null;
		}
		if (preg_match('/\G(?:i:(-?\d+);|b:([01]);|d:([^;]+);|N;)/', $text, $found, 0, $at)) {
			$at += strlen($found[0]);
			return implode('', array_slice($found, 1));
		}
		return null;
	}

	private static function elements($text, &$at, $count, $depth) {
		$found = array();
		for ($i = 0; $i < $count; $i++) {
			$name = self::value($text, $at, $depth + 1);
			$value = self::value($text, $at, $depth + 1);
			if (!is_string($name) || $value === null) {
				return null;
			}
			$found[$name] = $value;
		}
		if (substr($text, $at, 1) !== '}') {
			return null;
		}
		$at++;
		return $found;
	}
}
