<?php
// The installer of OpenCart before 1.5.6.4 knows only PHP's old mysql extension, which PHP 7 dropped. So do
// their stores, as their other driver is broken.
if (!function_exists('mysql_connect')) {
    function mysql_connect($host, $user, $password, $new = true)
    {
        return mysqli_connect($host, $user, $password);
    }

    function mysql_select_db($name, $link)
    {
        return mysqli_select_db($link, $name);
    }

    function mysql_query($sql, $link)
    {
        return mysqli_query($link, $sql);
    }

    function mysql_real_escape_string($text, $link)
    {
        return mysqli_real_escape_string($link, $text);
    }

    function mysql_error($link = null)
    {
        return $link ? mysqli_error($link) : mysqli_connect_error();
    }

    function mysql_errno($link)
    {
        return mysqli_errno($link);
    }

    function mysql_insert_id($link)
    {
        return mysqli_insert_id($link);
    }

    function mysql_fetch_assoc($result)
    {
        return mysqli_fetch_assoc($result);
    }

    function mysql_free_result($result)
    {
        mysqli_free_result($result);
    }

    function mysql_affected_rows($link)
    {
        return mysqli_affected_rows($link);
    }

    function mysql_close($link)
    {
        return mysqli_close($link);
    }
}
