<?php
/* Kloppend for OpenCart 4: the settings page. What it shows is in the core. GPL-3.0-or-later, see LICENSE. */
namespace Opencart\Admin\Controller\Extension\Kloppend\Module;

class Kloppend extends \Opencart\System\Engine\Controller {
	private const ROUTE = 'extension/kloppend/module/kloppend';
	private const LISTED = 'marketplace/extension';

	public function index(): void {
		$this->load->language(self::ROUTE, '', 'en-gb'); // what another language lacks stays English
		$this->load->language(self::ROUTE, '', (string)$this->config->get('config_language_admin')); // 4.0.2 would take the store's
		$page = $this->page($this->language->all());
		$this->document->setTitle($this->language->get('heading_title'));
		$permitted = $this->user->hasPermission('modify', self::ROUTE);
		if ($this->request->server['REQUEST_METHOD'] == 'POST') {
			if ($page->accept($this->request->post, $permitted)) {
				$this->save($page);
				$this->session->data['success'] = $this->language->get('text_success');
				$this->response->redirect($this->link(self::ROUTE, '', true));
			}
		} elseif (isset($this->request->get['check'])) {
			$page->check($permitted);
		}
		$this->show($page);
	}

	public function install(): void {
		$page = $this->page([]);
		if ($page->restored()) {
			$this->save($page);
		}
	}

	public function uninstall(): void {
		if ($this->user->hasPermission('modify', self::ROUTE)) {
			$this->page([])->forget();
		}
	}

	private function page(array $texts): \KloppendPage {
		require_once(DIR_EXTENSION . 'kloppend/system/library/kloppend/kloppend.php');
		$database = new \KloppendDatabase(new \KloppendOpenCartConnection($this->db), DB_PREFIX);
		$shop = new \KloppendShop($database, $this->config, 'module_kloppend_', VERSION, HTTP_CATALOG);
		$classes = ['input' => 'form-control', 'select' => 'form-select', 'button' => 'btn btn-light'];
		return new \KloppendPage($shop, 'module_kloppend_', $texts, $classes);
	}

	private function save(\KloppendPage $page): void {
		$this->load->model('setting/setting');
		$this->model_setting_setting->editSetting('module_kloppend', $page->settings());
		$page->keep();
	}

	private function show(\KloppendPage $page): void {
		if (isset($this->session->data['success'])) {
			$page->alert('success', $this->session->data['success']);
			unset($this->session->data['success']);
		}
		$data = $page->view();
		foreach (['heading_title', 'text_edit', 'button_save', 'button_cancel'] as $name) {
			$data[$name] = $this->language->get($name);
		}
		$data['breadcrumbs'] = [
			['text' => $this->language->get('text_home'), 'href' => $this->link('common/dashboard')],
			['text' => $this->language->get('text_extension'), 'href' => $this->link(self::LISTED, '&type=module')],
			['text' => $this->language->get('heading_title'), 'href' => $this->link(self::ROUTE)]
		];
		$data['action'] = $this->link(self::ROUTE);
		$data['check'] = $this->link(self::ROUTE, '&check=1');
		$data['cancel'] = $this->link(self::LISTED, '&type=module');
		$data['header'] = $this->load->controller('common/header');
		$data['column_left'] = $this->load->controller('common/column_left');
		$data['footer'] = $this->load->controller('common/footer');
		$this->response->setOutput($this->load->view(self::ROUTE, $data));
	}

	private function link(string $route, string $more = '', bool $plain = false): string {
		return $this->url->link($route, 'user_token=' . $this->session->data['user_token'] . $more, $plain);
	}
}
