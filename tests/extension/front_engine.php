<?php
/* The part of the played OpenCart that its generations do differently: loading, showing, redirecting. */
class FrontLoader {
	private $engine;

	public function __construct($engine) {
		$this->engine = $engine;
	}

	public function language($route, $prefix = '', $code = '') {
		return $this->engine->registry['language']->load($route, $prefix, $code);
	}

	public function model($route) {
		$this->engine->registry['model_setting_setting'] = new FrontSettings($this->engine->registry['db']);
	}

	public function controller($route) {
		return '<!-- ' . $route . ' -->';
	}

	public function view($route, $data) {
		$view = $this->engine->folder . 'view/template/' . preg_replace('#^extension/kloppend/#', '', $route);
		if (is_file($view . '.twig')) {
			return FrontTwig::render($view . '.twig', $data);
		}
		extract($data);
		ob_start();
		require substr($view, -4) === '.tpl' ? $view : $view . '.tpl';
		return ob_get_clean();
	}
}

/** The little of Twig that our templates use. */
class FrontTwig {
	public static function render($file, $data) {
		$rules = array(
			'/\{\{ ([a-z_]+) \}\}/' => '<?php echo $\1; ?>',
			'/\{\{ ([a-z_]+)\.([a-z_]+) \}\}/' => '<?php echo $\1["\2"]; ?>',
			'/\{% for ([a-z_]+) in ([a-z_]+) %\}/' => '<?php foreach ($\2 as $\1) { ?>',
			'/\{% if ([a-z_]+) %\}/' => '<?php if ($\1) { ?>',
			'/\{% else %\}/' => '<?php } else { ?>',
			'/\{% end(for|if) %\}/' => '<?php } ?>'
		);
		$php = preg_replace(array_keys($rules), array_values($rules), file_get_contents($file));
		if (preg_match('/\{[{%]/', $php)) {
			throw new Exception('A template uses more of Twig than is played here: ' . $file);
		}
		extract($data);
		ob_start();
		eval('?>' . $php);
		return ob_get_clean();
	}
}

class FrontLanguage {
	private $folder;
	private $code;
	private $data = array('text_home' => 'Home', 'button_save' => 'Save', 'button_cancel' => 'Cancel');

	public function __construct($folder, $code) {
		$this->folder = $folder;
		$this->code = $code;
	}

	public function load($route, $prefix = '', $code = '') {
		$_ = array();
		$route = preg_replace('#^extension/kloppend/#', '', $route);
		$file = $this->folder . 'language/' . ($code ? $code : $this->code) . '/' . $route . '.php';
		if (is_file($file)) {
			require $file;
		}
		$this->data = array_merge($this->data, $_);
		return $this->data;
	}

	public function get($name) {
		return isset($this->data[$name]) ? $this->data[$name] : $name;
	}

	public function all() {
		return $this->data;
	}
}

class FrontSettings {
	private $db;

	public function __construct($db) {
		$this->db = $db;
	}

	public function editSetting($code, $values) {
		$this->db->query('DELETE FROM ' . DB_PREFIX . "setting WHERE `key` LIKE '" . $code . "%'");
		foreach ($values as $key => $value) {
			if (strpos($key, $code) === 0) {
				$column = version_compare(VERSION, '2.0.1', '<') ? 'group' : 'code';
				$this->db->query('INSERT INTO ' . DB_PREFIX . "setting SET store_id = 0, `$column` = '$code', `key` = '$key', "
					. "`value` = '" . $this->db->escape($value) . "', serialized = 0");
			}
		}
	}
}

class FrontAnything {
	public $data = array();
	public $title = '';
	public $output = '';

	public function setTitle($title) {
		$this->title = $title;
	}

	public function hasPermission($kind, $route) {
		return empty($_GET['unpermitted']);
	}

	public function link($route, $args = '', $secure = false) {
		return str_replace('&', $secure === true && VERSION >= '4' ? '&' : '&amp;', 'index.php?route=' . $route . '&' . $args);
	}

	public function setOutput($output) {
		$this->output = $output;
	}

	public function redirect($url) {
		header('Location: ' . $url, true, 302);
		exit;
	}
}

class FrontController {
	public static $engine;
	protected $data = array();
	protected $template = '';
	protected $children = array();

	public function __get($name) {
		return self::$engine->registry[$name];
	}

	protected function render() {
		$this->data += array('header' => '<!-- header -->', 'footer' => '<!-- footer -->');
		return self::$engine->registry['load']->view($this->template, $this->data);
	}

	protected function redirect($url) {
		self::$engine->registry['response']->redirect(str_replace('&amp;', '&', $url));
	}
}

function serve($where, $generation, $package, $registry) {
	$route = isset($_GET['route']) ? explode('.', str_replace('|', '.', $_GET['route'])) : array('');
	$new = $generation === 'oc4';
	$routes = array('oc15' => 'module/kloppend', 'oc20' => 'module/kloppend', 'oc4' => 'extension/kloppend/module/kloppend');
	$expected = isset($routes[$generation]) ? $routes[$generation] : 'extension/module/kloppend';
	$placed = $where === 'catalog' && $route[0] === 'common/home'; // a merchant put the module on a page
	if ($route[0] !== $expected && !$placed) {
		header('HTTP/1.1 404 Not Found', true, 404);
		echo '<!DOCTYPE html><title>The page you requested cannot be found!</title>';
		return;
	}
	$folder = ($new ? DIR_EXTENSION . 'kloppend/' : $package) . $where . '/';
	$token = $new || $generation === 'oc30' ? 'user_token' : 'token';
	if ($where === 'admin' && (!isset($_GET[$token]) || $_GET[$token] !== 'admitted')) {
		header('Location: index.php?route=common/login', true, 302);
		return;
	}
	$engine = (object)array('folder' => $folder, 'registry' => $registry);
	$one = new FrontAnything();
	$one->data = array($token => 'admitted');
	$engine->registry += array('document' => $one, 'user' => $one, 'url' => $one, 'response' => $one, 'session' => $one);
	$engine->registry['load'] = new FrontLoader($engine);
	$code = isset($_GET['language']) ? $_GET['language'] : (VERSION < '2.2' ? 'english' : 'en-gb');
	$engine->registry['language'] = new FrontLanguage($folder, $code);
	FrontController::$engine = $engine;
	class_alias('FrontController', $new ? 'Opencart\System\Engine\Controller' : 'Controller');
	require $folder . 'controller/' . preg_replace('#^extension/kloppend/#', '', $expected) . '.php';
	$old = 'Controller' . str_replace(' ', '', ucwords(str_replace('/', ' ', $expected)));
	$class = $new ? 'Opencart\\' . ucfirst($where) . '\Controller\Extension\Kloppend\Module\Kloppend' : $old;
	$controller = new $class();
	$method = isset($route[1]) ? $route[1] : (isset($_GET['method']) ? $_GET['method'] : 'index');
	$controller->$method();
	echo $one->output;
}
