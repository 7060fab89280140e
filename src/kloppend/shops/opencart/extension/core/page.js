/* Kloppend: makes, shows, copies and judges the API key on the settings page. GPL-3.0-or-later. Old browsers welcome. */
(function () {
	var key = document.getElementById('kloppend-api_key');
	if (!key) {
		return;
	}
	var allowed = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789!*@#()=';
	var find = function (name) {
		return document.querySelector('[data-kloppend="' + name + '"]');
	};

	function strength(text) {
		var kinds = 0, seen = {}, different = 0, i;
		if (!text) {
			return 0;
		}
		if (text.length > 64 || !/^[A-Za-z0-9!*@#()=]*$/.test(text)) {
			return 1;
		}
		[/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].forEach(function (kind) {
			kinds += kind.test(text) ? 1 : 0;
		});
		for (i = 0; i < text.length; i++) {
			different += seen[text[i]] ? 0 : 1;
			seen[text[i]] = true;
		}
		if (text.length < 15 || kinds < 3 || different < 8) {
			return 2;
		}
		return text.length < 24 ? 3 : 4;
	}

	function judge() {
		var found = strength(key.value), label = find('strength');
		find('meter').value = found;
		label.textContent = label.getAttribute('data-texts').split('|')[found];
	}

	function generated() {
		var source = window.crypto || window.msCrypto, made = '', byte = new Uint8Array(1);
		while (made.length < 40 || strength(made) < 4) {
			source.getRandomValues(byte);
			if (byte[0] < Math.floor(256 / allowed.length) * allowed.length) {
				made = (made + allowed[byte[0] % allowed.length]).slice(-40);
			}
		}
		return made;
	}

	find('generate').addEventListener('click', function () {
		key.value = generated();
		key.type = 'text';
		judge();
	});
	find('show').addEventListener('click', function () {
		key.type = key.type === 'password' ? 'text' : 'password';
	});
	find('copy').addEventListener('click', function () {
		var before = key.type;
		if (navigator.clipboard && window.isSecureContext) {
			navigator.clipboard.writeText(key.value);
			return;
		}
		key.type = 'text';
		key.select();
		document.execCommand('copy');
		key.type = before;
	});
	key.addEventListener('input', judge);
	judge();
})();
