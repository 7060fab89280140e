<?php
/* Reads texts (base64) as custom fields and as text columns, with the extension's own classes. */
$core = dirname(__FILE__) . '/../../src/kloppend/shops/opencart/extension/core/';
require $core . 'text.php';
require $core . 'custom_fields.php';
$answers = array();
foreach (json_decode(file_get_contents('php://stdin'), true) as $given) {
	$text = base64_decode($given);
	$fields = array();
	foreach (KloppendCustomFields::read($text) as $name => $value) {
		$fields[] = array((string)$name, KloppendText::decoded($value));
	}
	$answers[] = array('fields' => $fields, 'text' => KloppendText::decoded($text), 'utf8' => KloppendText::utf8($text));
}
echo json_encode($answers);
