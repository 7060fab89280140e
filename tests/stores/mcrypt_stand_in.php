<?php
// OpenCart before 3.0 wants the mcrypt extension, which PHP 7.2 dropped. A throw-away store keeps nothing secret, so
// that its encryption may be a plain XOR here: it has to come back as it was, no more.
if (!function_exists('mcrypt_encrypt')) {
    define('MCRYPT_RIJNDAEL_256', 'stand-in');
    define('MCRYPT_MODE_ECB', 'stand-in');
    define('MCRYPT_MODE_CBC', 'stand-in');
    define('MCRYPT_RAND', 2);
    define('MCRYPT_DEV_URANDOM', 1);

    function mcrypt_encrypt($cipher, $key, $data, $mode, $iv = null)
    {
        $pad = str_pad('', strlen($data), hash('sha256', $key, true));

        return $data ^ $pad;
    }

    function mcrypt_decrypt($cipher, $key, $data, $mode, $iv = null)
    {
        return mcrypt_encrypt($cipher, $key, $data, $mode, $iv);
    }

    function mcrypt_create_iv($size, $source = MCRYPT_RAND)
    {
        return str_pad('', $size, hash('sha256', uniqid('', true), true)); // random_bytes() came with PHP 7
    }

    function mcrypt_get_iv_size($cipher, $mode)
    {
        return 32;
    }
}
