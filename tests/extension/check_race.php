<?php
/* One order that is touched, confirmed anew or deleted between the first and the last query of its page. */
require dirname(__FILE__) . '/../../src/kloppend/shops/opencart/extension/core/kloppend.php';

class RaceConnection implements KloppendConnection {
	public $afterwards;

	public function query($sql) {
		$outline = array('order_id' => '7', 'date_modified' => '2026-01-01 00:00:00', 'order_status_id' => '5', 'total' => '0');
		if (strpos($sql, 'information_schema') !== false) {
			return array(array('t' => 'oc_order', 'c' => 'order_id'), array('t' => 'oc_order', 'c' => 'order_status_id'));
		}
		if (strpos($sql, '`young`') !== false) {
			return $this->afterwards === null ? array() : array($this->afterwards + array('young' => '0') + $outline);
		}
		if (strpos($sql, 'LIMIT') !== false) {
			return strpos($sql, '`order_id` > 0') !== false ? array($outline) : array();
		}
		$row = array('date_added' => '2026-01-01 00:00:00', 'currency_code' => 'EUR', 'currency_value' => '1');
		return strpos($sql, 'payment_iso') !== false ? array($row + $outline) : array();
	}

	public function escape($text) {
		return addslashes($text);
	}
}

$cases = array(
	'untouched' => array(), 'touched' => array('date_modified' => '2026-01-01 00:00:01'),
	'another status' => array('order_status_id' => '7'), 'another total' => array('total' => '1'), 'deleted' => null
);
foreach ($cases as $name => $afterwards) {
	$connection = new RaceConnection();
	$connection->afterwards = $afterwards;
	$orders = new KloppendOrders(new KloppendDatabase($connection, 'oc_'));
	$page = $orders->page(new KloppendParameters(array('mode' => 'history', 'after_id' => '0', 'limit' => '10')));
	echo $name . ': ' . count($page['orders']) . ($page['more'] ? ' and more' : '') . "\n";
}
