<?php
/**
 * Kloppend - pages of orders.
 *
 * Confirmed orders by id or by change date, and one order. An order that is being written this very moment is left out of
 * its page: the next run reads it, because it goes back ten minutes.
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
class KloppendOrders {
	const MOST = 200;
	const MOST_LINES = 8000;
	const YOUNG_SECONDS = 60;
	const VAT_NAME = '/btw|vat|tva|mwst|ust-?id|tax/i';
	private $database;
	private $rows;
	private $taxClasses;

	public function __construct(KloppendDatabase $database) {
		$this->database = $database;
		$this->rows = new KloppendRows($database);
		$this->taxClasses = new KloppendTaxClasses($database);
	}

	/** @return array orders (a list) and more (whether others follow) */
	public function page(KloppendParameters $parameters) {
		$after = $parameters->id('after_id');
		$history = $parameters->matching('mode', 'history|changed') === 'history';
		$day = $history ? $parameters->day('placed_from') : '';
		$since = $history ? '' : $parameters->moment('since');
		$limit = $parameters->limit(self::MOST);
		$vatFields = $this->vatFields($parameters->text('vat_field'));
		do {
			$start = $history ? $this->afterId($after, $day) : $this->afterChange($since, $after);
			list($outlines, $more) = $this->outlines($start, $history, $limit);
			$orders = array_values($this->read($outlines, $vatFields));
			$last = end($outlines);
			$after = $last ? (string)$last['order_id'] : $after;
			$since = $last ? $last['date_modified'] : $since;
		} while (!$orders && $more); // all of them were being written
		return array('orders' => $orders, 'more' => $more);
	}

	/** @return array order: this one, or null when it is not there or was never confirmed */
	public function one(KloppendParameters $parameters) {
		$id = $parameters->id('id');
		$vatFields = $this->vatFields($parameters->text('vat_field'));
		for ($attempt = 0; $attempt < 4; $attempt++) {
			if ($attempt > 0) {
				usleep(500000); // it is being written
			}
			list($outlines) = $this->outlines('`order_id` = ' . $id, true, 1);
			if (!$outlines) {
				return array('order' => null);
			}
			$orders = $this->read($outlines, $vatFields);
			if ($orders) {
				return array('order' => reset($orders));
			}
		}
		$outline = reset($outlines);
		return array('order' => array(
			'order_id' => (string)$outline['order_id'], 'date_modified' => (string)$outline['date_modified']
		));
	}

	private function afterId($after, $day) {
		$placed = $day === '' ? '' : ' AND `date_added` >= ' . $this->database->quoted($day . ' 00:00:00');
		return '`order_id` > ' . $after . $placed;
	}

	private function afterChange($since, $after) {
		if (substr($since, 0, 10) === '0000-00-00') { // some servers refuse to compare with it
			return '(YEAR(`date_modified`) > 0 OR `order_id` > ' . $after . ')';
		}
		$moment = $this->database->quoted($since);
		return '(`date_modified` > ' . $moment
			. ' OR (`date_modified` = ' . $moment . ' AND `order_id` > ' . $after . '))';
	}

	/** @return array of the outlines of a page by order id, in their order, and whether others follow */
	private function outlines($where, $byId, $limit) {
		$found = $this->database->rows(
			'SELECT ' . $this->outline() . ' FROM ' . $this->database->table('order')
			. ' WHERE `order_status_id` > 0 AND ' . $where
			. ' ORDER BY ' . ($byId ? '`order_id`' : '`date_modified`, `order_id`') . ' LIMIT ' . ($limit + 1)
		);
		$more = count($found) > $limit;
		$outlines = array();
		foreach (array_slice($found, 0, $limit) as $row) {
			$outlines[(string)$row['order_id']] = $row;
		}
		$fitting = $this->fitting($outlines);
		return array($fitting, $more || count($fitting) < count($outlines));
	}

	/** As many orders as fit into memory and answer: a wholesaler's orders have hundreds of lines. */
	private function fitting($outlines) {
		$counts = $outlines ? $this->rows->lineCounts(array_keys($outlines)) : array();
		$lines = 0;
		$fitting = array();
		foreach ($outlines as $id => $outline) {
			$lines += isset($counts[$id]) ? $counts[$id] : 0;
			if ($fitting && $lines > self::MOST_LINES) {
				break;
			}
			$fitting[$id] = $outline;
		}
		return $fitting;
	}

	private function outline() {
		return '`order_id`, `date_modified`, `order_status_id`, `total`';
	}

	/** @return array order id => order as it goes out, without those that change while we read */
	private function read($outlines, $vatFields) {
		if (!$outlines) {
			return array();
		}
		$ids = array_keys($outlines);
		$orders = $this->rows->orders($ids);
		$belonging = $this->rows->belonging($ids);
		$afterwards = $this->afterwards($ids);
		$found = array();
		foreach ($outlines as $id => $outline) {
			$quiet = isset($orders[$id], $afterwards[$id]) && $this->isSame($outline, $afterwards[$id]);
			$complete = $quiet && (!$afterwards[$id]['young'] || self::addsUp($outline['total'], $belonging[$id]));
			if ($complete) {
				$found[$id] = KloppendOrder::wire($orders[$id], $belonging[$id], $vatFields, $this->taxClasses);
			}
		}
		return $found;
	}

	/** The outlines once more, and whether the order was touched in the last minute. */
	private function afterwards($ids) {
		$rows = $this->database->rows(
			'SELECT ' . $this->outline() . ', (`date_modified` > NOW() - INTERVAL ' . self::YOUNG_SECONDS . ' SECOND'
			. ' AND `date_modified` < NOW() + INTERVAL ' . self::YOUNG_SECONDS . ' SECOND) AS `young`'
			. ' FROM ' . $this->database->table('order') . ' WHERE `order_id` IN (' . implode(', ', $ids) . ')'
		);
		$found = array();
		foreach ($rows as $row) {
			$found[(string)$row['order_id']] = $row;
		}
		return $found;
	}

	private function isSame($before, $after) {
		foreach ($before as $name => $value) {
			if ((string)$after[$name] !== (string)$value) {
				return false;
			}
		}
		return true;
	}

	/**
	 * Whether all rows of a young order are there: OpenCart writes the order first, its lines then, its totals last.
	 * Only good enough to wait a minute for; whether an order adds up is for the platform to say.
	 */
	public static function addsUp($total, $rows) {
		$lines = 0.0;
		foreach (array_merge($rows['products'], $rows['vouchers']) as $row) {
			$lines += (float)(isset($row['total']) ? $row['total'] : $row['amount']);
		}
		$sum = 0.0;
		foreach ($rows['totals'] as $row) {
			$sum += $row['code'] === 'total' ? 0.0 : (float)$row['value'];
			if ($row['code'] === 'sub_total' && abs((float)$row['value'] - $lines) > 0.01) {
				return false;
			}
		}
		return ($rows['products'] || $rows['vouchers']) && $rows['totals'] && abs(max(0.0, $sum) - (float)$total) < 0.01;
	}

	/** Fields that may hold a VAT number, as keys: those named like one and the one the platform asks for. */
	private function vatFields($asked) {
		$fields = array($asked => true);
		if (!$this->database->has('custom_field_description', 'name')) {
			return $fields;
		}
		$rows = $this->database->rows(
			'SELECT `custom_field_id`, `name` FROM ' . $this->database->table('custom_field_description')
		);
		foreach ($rows as $row) {
			if (preg_match(self::VAT_NAME, $row['name'])) {
				$fields['custom_field:' . $row['custom_field_id']] = true;
			}
		}
		return $fields;
	}
}
