<?php
/**
 * Kloppend - the settings page.
 *
 * What every generation shows alike; its template only lays it out in the look of its administration.
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
class KloppendPage {
	private static $fields = array(
		'status', 'package', 'licence_key', 'api_key', 'platform_url', 'trigger_status', 'vat_field', 'forget'
	);
	private $shop;
	private $prefix;
	private $texts;
	private $classes;
	private $values = array();
	private $alerts = array();

	/**
	 * @param string $prefix of the names of settings and form fields
	 * @param array $texts of the language files
	 * @param array $classes for input, select and button, as this generation's administration styles them
	 */
	public function __construct(KloppendShop $shop, $prefix, $texts, $classes) {
		$this->shop = $shop;
		$this->prefix = $prefix;
		$this->texts = $texts;
		$this->classes = $classes;
		$shop->state->install();
		$preset = include dirname(__FILE__) . '/preset.php';
		foreach (self::$fields as $name) {
			$value = $shop->setting($name);
			$this->values[$name] = $value === '' && isset($preset[$name]) ? $preset[$name] : $value;
		}
	}

	/** Take what the form sent; whether it can be saved. What is wrong stands in the alerts. */
	public function accept($post, $permitted) {
		foreach (self::$fields as $name) {
			$value = isset($post[$this->prefix . $name]) ? $post[$this->prefix . $name] : '';
			$this->values[$name] = is_scalar($value) ? trim(htmlspecialchars_decode((string)$value, ENT_COMPAT)) : '';
		}
		$this->values['status'] = $this->values['status'] === '1' ? '1' : '0';
		$problems = $permitted ? $this->problems() : array('error_permission');
		foreach ($problems as $problem) {
			$this->alert('danger', $this->text($problem));
		}
		return !$problems;
	}

	private function problems() {
		$values = $this->values;
		$problems = array();
		if (KloppendKey::problem($values['api_key']) !== '') {
			$problems[] = KloppendKey::problem($values['api_key']);
		} elseif ($values['status'] === '1' && $values['api_key'] === '') {
			$problems[] = 'error_key_empty';
		}
		if (!preg_match('/\A[A-Za-z0-9._-]{0,64}\z/', $values['licence_key'])) {
			$problems[] = 'error_licence_key';
		}
		if ($values['platform_url'] !== '' && !self::isAddress($values['platform_url'])) {
			$problems[] = 'error_platform_url';
		}
		return $problems;
	}

	private static function isAddress($text) {
		return strlen($text) <= 200 && preg_match('#\Ahttps?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?\z#', $text);
	}

	/** The whole set for OpenCart's settings, escaped as OpenCart keeps them. */
	public function settings() {
		$settings = array();
		foreach ($this->values as $name => $value) {
			$settings[$this->prefix . $name] = htmlspecialchars($value, ENT_COMPAT, 'UTF-8');
		}
		return $settings;
	}

	/** Keep a copy, because uninstalling deletes the settings. */
	public function keep() {
		$this->shop->state->keep('settings', $this->values);
	}

	/** @return array the settings kept from before an uninstall; empty when there are none */
	public function restored() {
		$kept = $this->shop->state->kept('settings');
		foreach (self::$fields as $name) {
			$this->values[$name] = isset($kept[$name]) && is_string($kept[$name]) ? $kept[$name] : $this->values[$name];
		}
		return $kept ? $this->settings() : array();
	}

	/** Uninstalled: nothing is lost, unless the merchant asked for that. */
	public function forget() {
		$kept = $this->shop->state->kept('settings');
		if (isset($kept['forget']) && $kept['forget'] === '1') {
			$this->shop->state->remove();
		}
	}

	/** Ask the platform, and say what came of it. */
	public function check($permitted) {
		$address = $this->values['platform_url'];
		if (!$permitted || !self::isAddress($address)) {
			$this->alert('danger', $this->text($permitted ? 'error_platform_url' : 'error_permission'));
			return;
		}
		$check = new KloppendCheck($this->shop);
		$answer = $check->ask($address, time());
		if ($answer['outcome'] !== 'ok') {
			$detail = isset($answer['detail']) ? (string)$answer['detail'] : '';
			$this->alert('danger', sprintf($this->text('check_' . $answer['outcome']), $detail));
			$this->licence($answer);
			return;
		}
		$name = self::field($answer, 'platform') . ' ' . self::field($answer, 'version');
		$this->alert('success', sprintf($this->text('check_ok'), trim($name), self::field($answer, 'connection')));
		$this->licence($answer);
		if (isset($answer['last_fetch']) && is_array($answer['last_fetch'])) {
			$orders = isset($answer['last_fetch']['orders']) ? (int)$answer['last_fetch']['orders'] : 0;
			$this->alert('info', sprintf($this->text('check_fetch'), self::field($answer['last_fetch'], 'at'), $orders));
		}
		$this->shop->state->keep('platform', array('dashboard' => $this->ownDashboard($answer)));
	}

	private function licence($answer) {
		$licence = self::field($answer, 'licence');
		$kinds = array('known' => 'success', 'expired' => 'warning', 'unknown' => 'warning');
		if (isset($kinds[$licence])) {
			$this->alert($kinds[$licence], $this->text('check_licence_' . $licence));
		}
	}

	/** The dashboard's address, when it is on the platform that was asked. */
	private function ownDashboard($answer) {
		$dashboard = self::field($answer, 'dashboard');
		$same = parse_url($dashboard, PHP_URL_HOST) === parse_url($this->values['platform_url'], PHP_URL_HOST);
		return $same && preg_match('#\Ahttps?://[^\s"<>]{1,300}\z#', $dashboard) ? $dashboard : '';
	}

	private static function field($answer, $name) {
		return isset($answer[$name]) && is_scalar($answer[$name]) ? (string)$answer[$name] : '';
	}

	/** @param string $kind success, info, warning or danger */
	public function alert($kind, $text) {
		$this->alerts[] = array('kind' => $kind, 'text' => KloppendText::escaped($text));
	}

	/** @return array what the template shows; everything is HTML already */
	public function view() {
		$this->warn();
		return array(
			'alerts' => $this->alerts,
			'rows' => $this->rows(),
			'visits' => $this->visits(),
			'text_visits' => $this->html('text_visits'),
			'text_no_visits' => $this->html('text_no_visits'),
			'text_check' => $this->html('text_check'),
			'text_dashboard' => $this->html('text_dashboard'),
			'text_version' => 'Kloppend ' . Kloppend::VERSION,
			'dashboard' => KloppendText::escaped($this->dashboard()),
			'script' => '<script>' . file_get_contents(dirname(__FILE__) . '/page.js') . '</script>'
		);
	}

	private function warn() {
		$key = $this->shop->setting('api_key');
		if ($key !== '' && KloppendKey::isWeak($key)) {
			$this->alert('warning', $this->text('warning_key_weak'));
		}
		$local = '#\Ahttp://(?!localhost|127\.|\[::1\])#';
		if (preg_match($local, $this->shop->setting('platform_url'))) {
			$this->alert('warning', $this->text('warning_platform_http'));
		}
	}

	private function dashboard() {
		$kept = $this->shop->state->kept('platform');
		$address = isset($kept['dashboard']) && is_string($kept['dashboard']) ? $kept['dashboard'] : '';
		$same = parse_url($address, PHP_URL_HOST) === parse_url($this->values['platform_url'], PHP_URL_HOST);
		$platform = self::isAddress($this->values['platform_url']) ? $this->values['platform_url'] : '';
		return $address !== '' && $same ? $address : $platform;
	}

	private function rows() {
		$catalogue = new KloppendCatalogue($this->shop);
		$statuses = array('' => $this->text('text_choose_later')) + $catalogue->names('order_status', 'order_status_id');
		$fields = array('' => $this->text('text_choose_later'));
		if ($this->shop->database->has('order', 'payment_tax_id')) {
			$fields['payment_tax_id'] = $this->text('text_tax_id');
		}
		foreach ($catalogue->customFields() as $field) {
			$fields[$field['field']] = $field['name'];
		}
		$enabled = array('1' => $this->text('text_enabled'), '0' => $this->text('text_disabled'));
		$yes = array('0' => $this->text('text_no'), '1' => $this->text('text_yes'));
		return array(
			$this->row('status', $this->select('status', $enabled)),
			$this->row('package', $this->select('package', array('asperion' => 'Asperion'))),
			$this->row('licence_key', $this->input('licence_key', 'text', 64)),
			$this->row('api_key', $this->keyInput()),
			$this->row('platform_url', $this->input('platform_url', 'text', 200)),
			$this->row('trigger_status', $this->select('trigger_status', $statuses)),
			$this->row('vat_field', $this->select('vat_field', $fields)),
			$this->row('forget', $this->select('forget', $yes))
		);
	}

	private function row($name, $control) {
		return array(
			'id' => 'kloppend-' . $name,
			'label' => $this->html('entry_' . $name),
			'help' => $this->html('help_' . $name),
			'control' => $control
		);
	}

	private function select($name, $options) {
		$html = '<select name="' . $this->prefix . $name . '" id="kloppend-' . $name . '" class="' . $this->classes['select'] . '">';
		$chosen = isset($options[$this->values[$name]]) ? $this->values[$name] : (string)key($options);
		foreach ($options as $value => $label) {
			$html .= '<option value="' . KloppendText::escaped($value) . '"'
				. ((string)$value === $chosen ? ' selected="selected"' : '') . '>' . KloppendText::escaped($label) . '</option>';
		}
		return $html . '</select>';
	}

	private function input($name, $type, $longest) {
		return '<input type="' . $type . '" name="' . $this->prefix . $name . '" id="kloppend-' . $name . '" maxlength="'
			. $longest . '" size="60" autocomplete="off" spellcheck="false" class="' . $this->classes['input'] . '" value="'
			. KloppendText::escaped($this->values[$name]) . '" />';
	}

	private function keyInput() {
		$html = $this->input('api_key', 'password', KloppendKey::LONGEST) . '<div style="margin-top:6px">';
		foreach (array('generate', 'show', 'copy') as $does) {
			$html .= '<button type="button" data-kloppend="' . $does . '" class="' . $this->classes['button'] . '">'
				. $this->html('button_' . $does) . '</button> ';
		}
		$strengths = array();
		foreach (array('none', 'wrong', 'weak', 'fair', 'strong') as $strength) {
			$strengths[] = $this->text('strength_' . $strength);
		}
		return $html . '<meter data-kloppend="meter" min="0" max="4" low="3" high="4" optimum="4" value="0"></meter> '
			. '<span data-kloppend="strength" aria-live="polite" data-texts="' . KloppendText::escaped(implode('|', $strengths))
			. '"></span></div>';
	}

	/** When the platform was last here and what it got. */
	private function visits() {
		$visits = array();
		foreach ($this->shop->state->visits() as $action => $visit) {
			$visits[] = array(
				'what' => $this->html('visit_' . $action),
				'when' => date('Y-m-d H:i:s', $visit['moment']),
				'count' => in_array($action, array('ping', 'catalogue'), true) ? '' : (string)$visit['number']
			);
		}
		return $visits;
	}

	private function text($name) {
		return isset($this->texts[$name]) ? html_entity_decode($this->texts[$name], ENT_QUOTES, 'UTF-8') : $name;
	}

	private function html($name) {
		return KloppendText::escaped($this->text($name));
	}
}
