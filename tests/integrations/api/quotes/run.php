<?php
// Reads cases, answers for each whether the page's example takes it: {"cases": […]} to [true, false, …].
require $argv[1];

$answers = [];
foreach (json_decode(stream_get_contents(STDIN), true)['cases'] as $case) {
    try {
        $claims = verified($case['token'], $case['jwks'], $case['issuer'], $case['audience']);
        $answers[] = fits($claims, $case['line']);
    } catch (UnexpectedValueException | JsonException | SodiumException) {
        $answers[] = false;
    }
}
echo json_encode($answers);
