<?php
/**
 * Kloppend - loads the core.
 *
 * Everything that is the same in every OpenCart; a shell per generation connects it to the shop. PHP 5.3 is enough.
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
class Kloppend {
	const VERSION = '1.0.0';
	const PROTOCOL = 1;
}

require_once dirname(__FILE__) . '/signature.php';
require_once dirname(__FILE__) . '/text.php';
require_once dirname(__FILE__) . '/database.php';
require_once dirname(__FILE__) . '/state.php';
require_once dirname(__FILE__) . '/shop.php';
require_once dirname(__FILE__) . '/query.php';
require_once dirname(__FILE__) . '/reply.php';
require_once dirname(__FILE__) . '/clock.php';
require_once dirname(__FILE__) . '/custom_fields.php';
require_once dirname(__FILE__) . '/method.php';
require_once dirname(__FILE__) . '/tax_classes.php';
require_once dirname(__FILE__) . '/coupon_limits.php';
require_once dirname(__FILE__) . '/order.php';
require_once dirname(__FILE__) . '/rows.php';
require_once dirname(__FILE__) . '/orders.php';
require_once dirname(__FILE__) . '/inventory.php';
require_once dirname(__FILE__) . '/catalogue.php';
require_once dirname(__FILE__) . '/endpoint.php';
require_once dirname(__FILE__) . '/key.php';
require_once dirname(__FILE__) . '/check.php';
require_once dirname(__FILE__) . '/page.php';
