<?php
/**
 * Kloppend - outlines of all orders.
 *
 * With these the platform finds what it missed; orders that were never confirmed are listed too.
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
class KloppendInventory {
	const MOST = 1000;

	/** @return array entries (a list) and more */
	public static function page(KloppendDatabase $database, KloppendParameters $parameters) {
		$where = '`order_id` > ' . $parameters->id('after_id');
		$day = $parameters->day('placed_from');
		if ($day !== '') {
			$where .= ' AND `date_added` >= ' . $database->quoted($day . ' 00:00:00');
		}
		$limit = $parameters->limit(self::MOST);
		$rows = $database->rows(
			'SELECT `order_id`, `date_modified`, `order_status_id`, `total` FROM ' . $database->table('order')
			. ' WHERE ' . $where . ' ORDER BY `order_id` LIMIT ' . ($limit + 1)
		);
		$entries = array();
		foreach (array_slice($rows, 0, $limit) as $row) {
			$entries[] = array_map(array('KloppendText', 'given'), $row);
		}
		return array('entries' => $entries, 'more' => count($rows) > $limit);
	}
}
