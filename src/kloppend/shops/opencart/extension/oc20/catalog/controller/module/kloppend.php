<?php
/* Kloppend for OpenCart 2.0 to 2.2: where the platform asks. Everything it does is in the core. GPL-3.0-or-later, see LICENSE. */
class ControllerModuleKloppend extends Controller {
	public function index() {
		require_once(DIR_SYSTEM . 'library/kloppend/kloppend.php');
		$database = new KloppendDatabase(new KloppendOpenCartConnection($this->db), DB_PREFIX);
		$shop = new KloppendShop($database, $this->config, 'kloppend_', VERSION, HTTP_SERVER);
		$endpoint = new KloppendEndpoint($shop);
		$endpoint->serve($_SERVER);
	}
}
