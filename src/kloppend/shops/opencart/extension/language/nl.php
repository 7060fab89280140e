<?php
/* Kloppend - texts of the settings page. GPL-3.0-or-later, see LICENSE. */
$_['heading_title'] = 'Kloppend: bestellingen naar je boekhouding';
$_['text_extension'] = 'Extensies';
$_['text_edit'] = 'Instellingen';
$_['text_success'] = 'Opgeslagen.';
$_['text_enabled'] = 'Ingeschakeld';
$_['text_disabled'] = 'Uitgeschakeld';
$_['text_yes'] = 'Ja';
$_['text_no'] = 'Nee';
$_['text_choose_later'] = 'Dat kies ik op het platform';
$_['text_tax_id'] = 'Btw-nummer bij het factuuradres';
$_['text_check'] = 'Verbinding testen';
$_['text_dashboard'] = 'Mijn dashboard openen';
$_['text_visits'] = 'Wat het platform het laatst uit deze winkel las';
$_['text_no_visits'] = 'Het platform heeft nog niets gelezen.';
$_['visit_ping'] = 'Verbinding getest';
$_['visit_catalogue'] = 'Btw-tarieven, statussen en betaalmethoden';
$_['visit_orders'] = 'Nieuwe en gewijzigde bestellingen';
$_['visit_order'] = 'Eén bestelling';
$_['visit_inventory'] = 'Controle of er geen bestelling ontbreekt';

$_['entry_status'] = 'Status';
$_['help_status'] = 'Zolang de koppeling uit staat, kan niemand iets lezen.';
$_['entry_package'] = 'Boekhoudpakket';
$_['help_package'] = 'Het pakket waar je facturen naartoe gaan.';
$_['entry_licence_key'] = 'Licentiesleutel';
$_['help_licence_key'] = 'Die kreeg je bij je abonnement of proefperiode.';
$_['entry_api_key'] = 'API-sleutel';
$_['help_api_key'] = 'Het wachtwoord tussen deze winkel en het platform: vul daar dezelfde in. Alleen letters, cijfers en ! * @ # ( ) =, hoogstens 64; met 15 of meer zit je veilig.';
$_['entry_platform_url'] = 'Adres van het platform';
$_['help_platform_url'] = 'Waar het platform te vinden is, bijvoorbeeld https://platform.example.com';
$_['entry_trigger_status'] = 'Factuur maken vanaf deze bestelstatus';
$_['help_trigger_status'] = 'Een voorstel aan het platform; daar bevestig je het.';
$_['entry_vat_field'] = 'Veld met het btw-nummer';
$_['help_vat_field'] = 'Het veld waarin zakelijke klanten hun btw-nummer invullen. Een voorstel aan het platform.';
$_['entry_forget'] = 'Bij verwijderen alles vergeten';
$_['help_forget'] = 'Normaal blijven de API-sleutel en de identiteit van deze winkel bewaard als je de module verwijdert, zodat daarna geen bestelling dubbel wordt gefactureerd. Kies alleen Ja als je er echt mee stopt.';

$_['button_generate'] = 'Sleutel maken';
$_['button_show'] = 'Tonen of verbergen';
$_['button_copy'] = 'Kopiëren';
$_['strength_none'] = 'nog geen sleutel';
$_['strength_wrong'] = 'bevat tekens die niet mogen, of is te lang';
$_['strength_weak'] = 'zwak: makkelijk te raden';
$_['strength_fair'] = 'goed';
$_['strength_strong'] = 'sterk';

$_['error_permission'] = 'Je hebt geen rechten om deze instellingen te wijzigen. Een beheerder kan ze geven onder Systeem, Gebruikers, Gebruikersgroepen.';
$_['error_key_empty'] = 'Vul eerst een API-sleutel in, of klik op Sleutel maken. Zonder sleutel kan de koppeling niet aan.';
$_['error_key_long'] = 'De API-sleutel is te lang: hoogstens 64 tekens.';
$_['error_key_characters'] = 'De API-sleutel bevat tekens die niet mogen. Gebruik alleen letters zonder accenten, cijfers en ! * @ # ( ) =';
$_['error_licence_key'] = 'Dit is geen licentiesleutel: alleen letters, cijfers, punten, streepjes en lage streepjes, hoogstens 64.';
$_['error_platform_url'] = 'Het adres van het platform moet met https:// beginnen, zonder spaties of vraagtekens.';
$_['warning_key_weak'] = 'Je API-sleutel is makkelijk te raden. Maak hem 15 tekens of langer, met hoofdletters, kleine letters en cijfers, of klik op Sleutel maken. Wijzig hem dan ook op het platform.';
$_['warning_platform_http'] = 'Het adres van het platform begint met http://. Gebruik https://, zodat niemand kan meekijken.';

$_['check_ok'] = 'De verbinding werkt. %s kent deze winkel als "%s", en de API-sleutel klopt.';
$_['check_fetch'] = 'Het laatst opgehaald door het platform: %s, %s bestellingen.';
$_['check_licence_known'] = 'De licentie is geldig.';
$_['check_licence_expired'] = 'De licentie is verlopen.';
$_['check_licence_unknown'] = 'Het platform kent deze licentiesleutel niet.';
$_['check_key'] = 'Het platform antwoordt, maar kent geen koppeling met deze API-sleutel. Vul hier en daar dezelfde sleutel in en sla beide op.%s';
$_['check_unproven'] = 'Het antwoord is niet te controleren: de API-sleutel hier is anders dan die op het platform.%s';
$_['check_clock'] = 'De klok van deze winkel en die van het platform lopen meer dan vijf minuten uiteen. Vraag je hostingbedrijf de klok van de server goed te zetten.%s';
$_['check_answer'] = 'Op dit adres antwoordt iets dat niet het platform is. Controleer het adres van het platform.%s';
$_['check_status'] = 'Het platform antwoordt met fout %s. Controleer het adres van het platform, of probeer het later opnieuw.';
$_['check_unreachable'] = 'Het platform is niet bereikbaar. Controleer het adres; misschien staat je hostingbedrijf geen uitgaande verbindingen toe.%s';
$_['check_curl'] = 'Deze server kan de verbinding niet testen: in PHP ontbreekt cURL. De koppeling zelf kan toch werken.%s';
