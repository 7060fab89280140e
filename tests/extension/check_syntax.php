<?php
/* Prints every use of syntax that PHP 5.3 does not know, in the files given as arguments. */
$words = array(
	'T_TRAIT' => 'trait', 'T_INSTEADOF' => 'insteadof', 'T_CALLABLE' => 'callable', 'T_FINALLY' => 'finally',
	'T_YIELD' => 'yield', 'T_YIELD_FROM' => 'yield from', 'T_ELLIPSIS' => '...', 'T_POW' => '**', 'T_POW_EQUAL' => '**=',
	'T_COALESCE' => '??', 'T_COALESCE_EQUAL' => '??=', 'T_SPACESHIP' => '<=>', 'T_FN' => 'fn', 'T_MATCH' => 'match',
	'T_ENUM' => 'enum', 'T_READONLY' => 'readonly', 'T_NULLSAFE_OBJECT_OPERATOR' => '?->', 'T_ATTRIBUTE' => '#[',
	'T_OPEN_TAG_WITH_ECHO' => '<?='
);
foreach (array_slice($argv, 1) as $file) {
	$tokens = array();
	$line = 1;
	foreach (token_get_all(file_get_contents($file)) as $token) {
		$token = is_array($token) ? $token : array(null, $token, $line);
		$line = $token[2] + substr_count($token[1], "\n");
		if (!in_array($token[0], array(T_WHITESPACE, T_COMMENT, T_DOC_COMMENT), true)) {
			$tokens[] = $token;
		}
	}
	$depth = 0;
	$arguments = false;
	foreach ($tokens as $i => $token) {
		$before = $i > 0 ? $tokens[$i - 1] : array(null, '', 0);
		$after = isset($tokens[$i + 1]) ? $tokens[$i + 1] : array(null, '', 0);
		$name = is_int($token[0]) ? token_name($token[0]) : '';
		$found = isset($words[$name]) ? $words[$name] : '';
		$indexable = in_array($before[0], array(T_VARIABLE, T_STRING), true) || in_array($before[1], array(']', '}'), true);
		if ($token[1] === '[' && !$indexable) {
			$found = $before[1] === ')' ? 'index of a call' : 'short array';
		}
		if ($name === 'T_CLASS' && $before[0] === T_DOUBLE_COLON) {
			$found = '::class';
		}
		if ($name === 'T_USE' && in_array($after[0], array(T_FUNCTION, T_CONST), true)) {
			$found = 'use function';
		}
		if (in_array($name, array('T_EMPTY', 'T_ISSET'), true) && isset($tokens[$i + 3]) && $tokens[$i + 2][0] === T_STRING
			&& $tokens[$i + 3][1] === '(') {
			$found = $token[1] . ' of a call';
		}
		if ($before[1] === ')' && $token[1] === ':' && in_array($after[0], array(T_STRING, T_ARRAY), true) && $arguments) {
			$found = 'return type';
		}
		if ($name === 'T_FUNCTION') {
			$arguments = true;
		}
		if ($token[1] === '{' || $token[1] === ';') {
			$arguments = false;
		}
		$scalars = array('int', 'string', 'bool', 'float', 'iterable', 'object', 'mixed', 'self', 'void', '?');
		if ($arguments && $after[0] === T_VARIABLE && in_array(strtolower($token[1]), $scalars, true)) {
			$found = 'scalar type';
		}
		if ($name === 'T_CONST' && in_array($before[0], array(T_PUBLIC, T_PRIVATE, T_PROTECTED), true)) {
			$found = 'visibility of a constant';
		}
		$typed = in_array($before[0], array(T_PUBLIC, T_PRIVATE, T_PROTECTED, T_STATIC, T_VAR), true);
		if ($typed && in_array($token[0], array(T_STRING, T_ARRAY), true) && $after[0] === T_VARIABLE) {
			$found = 'typed property';
		}
		if ($found !== '') {
			echo basename($file) . ':' . $token[2] . ' ' . $found . "\n";
		}
	}
}
