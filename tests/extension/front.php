<?php
/* Plays OpenCart for the extension in the tests: /<database>/index.php is its catalog, /<database>/admin/index.php its
   administration. Written by us; the registry has only what the shells use. */
error_reporting(-1);
ini_set('display_errors', '1');
set_error_handler(function ($number, $text, $file, $line) {
	if (!(error_reporting() & $number)) { // silenced by @
		return true;
	}
	throw new ErrorException($text, 0, $number, $file, $line);
});
date_default_timezone_set('Europe/Amsterdam');
list(, $name, $rest) = explode('/', parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH), 3);

if (getenv('FRONT_BEFORE') && strpos($rest, 'admin/') !== 0) {
	require getenv('FRONT_BEFORE'); // another extension, or what the host puts before every page
}

class FrontDb {
	public $queries = 0;
	private $link;

	public function __construct($name) {
		mysqli_report(MYSQLI_REPORT_ERROR | MYSQLI_REPORT_STRICT);
		$this->link = new mysqli(null, 'root', '', $name, 0, getenv('FRONT_SOCKET'));
		$this->link->set_charset('utf8mb4');
		$this->link->query("SET sql_mode = ''");
	}

	public function query($sql) {
		$this->queries++;
		$result = $this->link->query($sql);
		if ($result === true) {
			return true;
		}
		$rows = $result->fetch_all(MYSQLI_ASSOC);
		return (object)array('num_rows' => count($rows), 'row' => $rows ? $rows[0] : array(), 'rows' => $rows);
	}

	public function escape($text) {
		return $this->link->real_escape_string($text);
	}
}

class FrontConfig {
	private $values = array();

	public function __construct($db) {
		foreach ($db->query('SELECT `key`, `value` FROM `' . DB_PREFIX . 'setting` WHERE store_id = 0')->rows as $row) {
			$this->values[$row['key']] = $row['value'];
		}
	}

	public function get($key) {
		return isset($this->values[$key]) ? $this->values[$key] : null;
	}
}

class FrontRequest {
	public $get;
	public $post;
	public $server;

	public function __construct() {
		$this->get = self::clean($_GET);
		$this->post = self::clean($_POST);
		$this->server = self::clean($_SERVER);
		if (version_compare(VERSION, '2.0', '<')) { // it cleans the originals too
			$_GET = $this->get;
			$_SERVER = $this->server;
		}
	}

	private static function clean($data) {
		return is_array($data) ? array_map(array('FrontRequest', 'clean'), $data) : htmlspecialchars((string)$data, ENT_COMPAT, 'UTF-8');
	}
}

try {
	define('DB_PREFIX', getenv('FRONT_PREFIX'));
	$db = new FrontDb($name);
	if (function_exists('header_register_callback')) { // from PHP 5.4
		header_register_callback(function () use ($db) {
			header('X-Queries: ' . $db->queries);
			header('X-Memory: ' . memory_get_peak_usage());
		});
	}
	$config = new FrontConfig($db);
	define('VERSION', $config->get('front_version'));
	$generation = $config->get('front_generation');
	$package = getenv('FRONT_PACKAGES') . '/' . $generation . '/';
	$where = strpos($rest, 'admin/') === 0 ? 'admin' : 'catalog';
	define('DIR_APPLICATION', $package . $where . '/');
	define('DIR_SYSTEM', $package . 'system/');
	define('DIR_EXTENSION', dirname($package) . '/' . $generation . '-extension/');
	define('HTTP_SERVER', 'http://' . $_SERVER['HTTP_HOST'] . '/' . $name . '/' . ($where === 'admin' ? 'admin/' : ''));
	define('HTTP_CATALOG', 'http://' . $_SERVER['HTTP_HOST'] . '/' . $name . '/');
	if (version_compare(VERSION, '3.0.3.7', '>=')) {
		$db->query("SET time_zone = '" . date('P') . "'");
	} else {
		$db->query("SET time_zone = '+00:00'");
	}
	$request = new FrontRequest();
	require dirname(__FILE__) . '/front_engine.php';
	serve($where, $generation, $package, compact('db', 'config', 'request'));
} catch (Exception $failed) {
	tell($failed);
} catch (Throwable $failed) { // what PHP 7 and newer throw besides exceptions
	tell($failed);
}

function tell($failed) {
	header('HTTP/1.1 500 Failed', true, 500);
	echo get_class($failed) . ': ' . $failed->getMessage() . "\n" . $failed->getTraceAsString();
}
