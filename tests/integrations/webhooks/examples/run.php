<?php
// Reads cases, answers for each whether the page's example takes it: […] to [true, false, …].
require $argv[1];

$answers = [];
foreach (json_decode(stream_get_contents(STDIN), true) as $case) {
    $answers[] = verified($case['secret'], $case['headers'], base64_decode($case['body']));
}
echo json_encode($answers);
