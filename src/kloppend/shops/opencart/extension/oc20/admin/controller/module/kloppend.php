<?php
/* Kloppend for OpenCart 2.0 to 2.2: the settings page. What it shows is in the core. GPL-3.0-or-later, see LICENSE. */
class ControllerModuleKloppend extends Controller {
	const ROUTE = 'module/kloppend';
	const LISTED = 'extension/module';

	public function index() {
		$page = $this->page($this->load->language(self::ROUTE));
		$this->document->setTitle($this->language->get('heading_title'));
		$permitted = $this->user->hasPermission('modify', self::ROUTE);
		if ($this->request->server['REQUEST_METHOD'] == 'POST') {
			if ($page->accept($this->request->post, $permitted)) {
				$this->save($page);
				$this->session->data['success'] = $this->language->get('text_success');
				$this->response->redirect(str_replace('&amp;', '&', $this->link(self::ROUTE)));
			}
		} elseif (isset($this->request->get['check'])) {
			$page->check($permitted);
		}
		$this->show($page);
	}

	public function install() {
		$page = $this->page(array());
		if ($page->restored()) {
			$this->save($page);
		}
	}

	public function uninstall() {
		if ($this->user->hasPermission('modify', self::ROUTE)) {
			$this->page(array())->forget();
		}
	}

	private function page($texts) {
		require_once(DIR_SYSTEM . 'library/kloppend/kloppend.php');
		$database = new KloppendDatabase(new KloppendOpenCartConnection($this->db), DB_PREFIX);
		$address = defined('HTTPS_CATALOG') ? HTTPS_CATALOG : HTTP_CATALOG;
		$shop = new KloppendShop($database, $this->config, 'kloppend_', VERSION, $address);
		$classes = array('input' => 'form-control', 'select' => 'form-control', 'button' => 'btn btn-default');
		return new KloppendPage($shop, 'kloppend_', $texts, $classes);
	}

	private function save($page) {
		$this->load->model('setting/setting');
		$this->model_setting_setting->editSetting('kloppend', $page->settings());
		$page->keep();
	}

	private function show($page) {
		if (isset($this->session->data['success'])) {
			$page->alert('success', $this->session->data['success']);
			unset($this->session->data['success']);
		}
		$data = $page->view();
		foreach (array('heading_title', 'text_edit', 'button_save', 'button_cancel') as $name) {
			$data[$name] = $this->language->get($name);
		}
		$data['breadcrumbs'] = array(
			array('text' => $this->language->get('text_home'), 'href' => $this->link('common/dashboard')),
			array('text' => $this->language->get('text_extension'), 'href' => $this->link(self::LISTED)),
			array('text' => $this->language->get('heading_title'), 'href' => $this->link(self::ROUTE))
		);
		$data['action'] = $this->link(self::ROUTE);
		$data['check'] = $this->link(self::ROUTE, '&check=1');
		$data['cancel'] = $this->link(self::LISTED);
		$data['header'] = $this->load->controller('common/header');
		$data['column_left'] = $this->load->controller('common/column_left');
		$data['footer'] = $this->load->controller('common/footer');
		$this->response->setOutput($this->load->view(self::ROUTE . (version_compare(VERSION, '2.2', '<') ? '.tpl' : ''), $data));
	}

	private function link($route, $more = '') {
		return $this->url->link($route, 'token=' . $this->session->data['token'] . $more, 'SSL');
	}
}
