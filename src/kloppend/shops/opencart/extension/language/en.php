<?php
/* Kloppend - texts of the settings page. GPL-3.0-or-later, see LICENSE. */
$_['heading_title'] = 'Kloppend: orders to your bookkeeping';
$_['text_extension'] = 'Extensions';
$_['text_edit'] = 'Settings';
$_['text_success'] = 'Saved.';
$_['text_enabled'] = 'Enabled';
$_['text_disabled'] = 'Disabled';
$_['text_yes'] = 'Yes';
$_['text_no'] = 'No';
$_['text_choose_later'] = 'I choose that on the platform';
$_['text_tax_id'] = 'Tax ID of the billing address';
$_['text_check'] = 'Test connection';
$_['text_dashboard'] = 'Open my dashboard';
$_['text_visits'] = 'What the platform last read from this shop';
$_['text_no_visits'] = 'The platform has not read anything yet.';
$_['visit_ping'] = 'Connection tested';
$_['visit_catalogue'] = 'Tax rates, statuses and payment methods';
$_['visit_orders'] = 'New and changed orders';
$_['visit_order'] = 'One order';
$_['visit_inventory'] = 'Check that no order is missing';

$_['entry_status'] = 'Status';
$_['help_status'] = 'While disabled, nobody can read anything.';
$_['entry_package'] = 'Bookkeeping package';
$_['help_package'] = 'The package that your invoices go to.';
$_['entry_licence_key'] = 'Licence key';
$_['help_licence_key'] = 'You received it with your subscription or trial.';
$_['entry_api_key'] = 'API key';
$_['help_api_key'] = 'The password between this shop and the platform: enter the same one there. Letters, digits and ! * @ # ( ) = only, at most 64; 15 or more is safer.';
$_['entry_platform_url'] = 'Platform address';
$_['help_platform_url'] = 'Where the platform lives, for example https://platform.example.com';
$_['entry_trigger_status'] = 'Make an invoice from this order status';
$_['help_trigger_status'] = 'A suggestion for the platform, which asks you to confirm it.';
$_['entry_vat_field'] = 'Field with the VAT number';
$_['help_vat_field'] = 'The field in which your business customers enter their VAT number. A suggestion for the platform.';
$_['entry_forget'] = 'Forget everything when uninstalled';
$_['help_forget'] = 'Normally the API key and the identity of this shop survive uninstalling, so that no order is invoiced twice afterwards. Choose Yes only if you stop for good.';

$_['button_generate'] = 'Generate';
$_['button_show'] = 'Show or hide';
$_['button_copy'] = 'Copy';
$_['strength_none'] = 'no key yet';
$_['strength_wrong'] = 'contains characters that are not allowed, or is too long';
$_['strength_weak'] = 'weak: easy to guess';
$_['strength_fair'] = 'good';
$_['strength_strong'] = 'strong';

$_['error_permission'] = 'You have no permission to change these settings. Ask an administrator to allow it under System, Users, User Groups.';
$_['error_key_empty'] = 'Enter an API key first, or press Generate. Without a key the connection cannot be enabled.';
$_['error_key_long'] = 'The API key is too long: at most 64 characters.';
$_['error_key_characters'] = 'The API key contains characters that are not allowed. Use only letters without accents, digits and ! * @ # ( ) =';
$_['error_licence_key'] = 'This is not a licence key: only letters, digits, dots, dashes and underscores, at most 64.';
$_['error_platform_url'] = 'The platform address must begin with https:// and contain no spaces or question marks.';
$_['warning_key_weak'] = 'Your API key is easy to guess. Make it 15 characters or longer, with capitals, small letters and digits, or press Generate. Change it on the platform too.';
$_['warning_platform_http'] = 'The platform address begins with http://. Use https://, so that nobody can listen in.';

$_['check_ok'] = 'The connection works. %s knows this shop as "%s", and the API key fits.';
$_['check_fetch'] = 'Last fetched by the platform: %s, %s orders.';
$_['check_licence_known'] = 'The licence is valid.';
$_['check_licence_expired'] = 'The licence has expired.';
$_['check_licence_unknown'] = 'The platform does not know this licence key.';
$_['check_key'] = 'The platform answered, but it knows no connection with this API key. Enter the same key here and there, and save both.%s';
$_['check_unproven'] = 'The answer could not be verified: the API key here differs from the one on the platform.%s';
$_['check_clock'] = 'The clocks of this shop and of the platform differ by more than five minutes. Ask your host to set the clock of the server.%s';
$_['check_answer'] = 'At this address something answered that is not the platform. Check the platform address.%s';
$_['check_status'] = 'The platform answered with error %s. Check the platform address, or try again later.';
$_['check_unreachable'] = 'The platform cannot be reached. Check the platform address; perhaps your host does not allow outgoing connections.%s';
$_['check_curl'] = 'This server cannot test the connection: PHP lacks cURL. The connection itself may work all the same.%s';
