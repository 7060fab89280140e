<?php
/**
 * Kloppend - the shop's clock.
 *
 * Rows carry a time without a zone; from these readings the platform finds out whose time that is.
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
class KloppendClock {
	/** @return array database, utc, php and zone, all of the same moment */
	public static function readings(KloppendDatabase $database) {
		$row = $database->row('SELECT NOW() AS `database`, UTC_TIMESTAMP() AS `utc`');
		return array(
			'database' => (string)$row['database'],
			'utc' => (string)$row['utc'],
			'php' => date('c'),
			'zone' => date_default_timezone_get()
		);
	}
}
