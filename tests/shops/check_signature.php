<?php
/* Computes every published vector with the extension's own class and prints what differs; nothing means all is well. */
require dirname(__FILE__) . '/../../src/kloppend/shops/opencart/extension/core/signature.php';

$vectors = json_decode(file_get_contents('php://stdin'), true);
foreach ($vectors as $vector) {
	$envelope = $vector['envelope'];
	$found = array(
		'canonical' => KloppendSignature::canonical($vector['params']),
		'request_signature' => KloppendSignature::sign($vector['key'], $vector['params']),
		'envelope_signature' => KloppendSignature::envelope(
			$vector['key'], $envelope['protocol'], $envelope['nonce'], $envelope['body']
		)
	);
	foreach ($found as $name => $value) {
		if (!KloppendSignature::equals($vector[$name], $value)) {
			echo $vector['what'] . ': ' . $name . ' is ' . $value . "\n";
		}
	}
}
$pairs = array(array('ab', 'ab', true), array('ab', 'ac', false), array('ab', 'abc', false), array('ab', null, false));
foreach ($pairs as $pair) {
	if (KloppendSignature::equals($pair[0], $pair[1]) !== $pair[2]) {
		echo 'equals is wrong for ' . var_export($pair, true) . "\n";
	}
}
foreach (array('a', 'route', 'signature') as $name) {
	$parameters = array('action' => 'ping', $name => array('x'));
	if (KloppendSignature::canonical($parameters) !== false || KloppendSignature::sign('key', $parameters) !== false) {
		echo 'an array is signed as ' . $name . "\n";
	}
	foreach (array('', '0', false, null) as $given) {
		if (KloppendSignature::equals(KloppendSignature::sign('key', $parameters), $given)) {
			echo 'an array fits ' . var_export($given, true) . "\n";
		}
	}
}
echo count($vectors) . " vectors\n";
