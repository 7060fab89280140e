<?php
/**
 * Kloppend - rules for the API key.
 *
 * OpenCart escapes some characters, so only those that survive are allowed; a weak key is saved, with a warning.
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
class KloppendKey {
	const LONGEST = 64;
	const ADVISED = 15;

	/** @return string the name of the text that says what is wrong, or an empty text */
	public static function problem($key) {
		if (strlen($key) > self::LONGEST) {
			return 'error_key_long';
		}
		return preg_match('/\A[A-Za-z0-9!*@#()=]*\z/', $key) ? '' : 'error_key_characters';
	}

	/** Whether it is short, or easily guessed: few kinds of characters, or few different ones. */
	public static function isWeak($key) {
		$kinds = 0;
		foreach (array('[a-z]', '[A-Z]', '[0-9]', '[^A-Za-z0-9]') as $kind) {
			$kinds += preg_match('/' . $kind . '/', $key);
		}
		return strlen($key) < self::ADVISED || $kinds < 3 || count(count_chars($key, 1)) < 8;
	}
}
