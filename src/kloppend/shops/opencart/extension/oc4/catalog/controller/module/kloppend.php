<?php
/* Kloppend for OpenCart 4: where the platform asks. Everything it does is in the core. GPL-3.0-or-later, see LICENSE. */
namespace Opencart\Catalog\Controller\Extension\Kloppend\Module;

class Kloppend extends \Opencart\System\Engine\Controller {
	public function index(): void {
		require_once(DIR_EXTENSION . 'kloppend/system/library/kloppend/kloppend.php');
		$database = new \KloppendDatabase(new \KloppendOpenCartConnection($this->db), DB_PREFIX);
		$shop = new \KloppendShop($database, $this->config, 'module_kloppend_', VERSION, HTTP_SERVER);
		$endpoint = new \KloppendEndpoint($shop);
		$endpoint->serve($_SERVER);
	}
}
