<?php
/**
 * Kloppend - texts as the protocol wants them.
 *
 * OpenCart escapes what comes in and keeps it so; imports and old tables hold bytes that are no UTF-8.
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
class KloppendText {
	const VALID = '[\x00-\x7F]|[\xC2-\xDF][\x80-\xBF]|\xE0[\xA0-\xBF][\x80-\xBF]|[\xE1-\xEC\xEE\xEF][\x80-\xBF]{2}|\xED[\x80-\x9F][\x80-\xBF]|\xF0[\x90-\xBF][\x80-\xBF]{2}|[\xF1-\xF3][\x80-\xBF]{3}|\xF4[\x80-\x8F][\x80-\xBF]{2}';

	/** A text column for the wire: HTML entities decoded once, always valid UTF-8; null is an empty text. */
	public static function decoded($value) {
		return self::utf8(html_entity_decode((string)$value, ENT_QUOTES, 'UTF-8'));
	}

	/** The same text with every byte that belongs to no character replaced by U+FFFD. */
	public static function utf8($text) {
		if (preg_match('//u', $text)) {
			return $text;
		}
		preg_match_all('/(' . self::VALID . ')|./s', $text, $found, PREG_SET_ORDER);
		$clean = '';
		foreach ($found as $character) {
			$clean .= isset($character[1]) && $character[1] !== '' ? $character[1] : "\xEF\xBF\xBD";
		}
		return $clean;
	}

	/** For HTML, as text or in an attribute. */
	public static function escaped($text) {
		return htmlspecialchars(self::utf8((string)$text), ENT_QUOTES, 'UTF-8');
	}

	/** A database value as a text; null stays null. Some drivers give numbers. */
	public static function given($value) {
		return $value === null ? null : self::utf8((string)$value);
	}

	/** @return integer|string a whole number; anything else as it stands, for the platform to judge */
	public static function whole($value) {
		$value = (string)$value === '' ? '0' : (string)$value;
		return preg_match('/\A-?[0-9]{1,9}\z/', $value) ? (int)$value : self::utf8($value);
	}
}
