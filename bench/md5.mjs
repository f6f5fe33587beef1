/** The two MD5s that were weighed (docs/decisions/001-md5.md), side by side: `node bench/md5.mjs`. */
import md5 from "js-md5/build/md5-lite.mjs";
import SparkMD5 from "spark-md5";

const ROUNDS = 5;
const sizes = {
  "100 bytes (a Digest response)": [100, 100_000],
  "1 MiB (an auth-int body)": [1_048_576, 50],
};

for (const [name, [size, times]] of Object.entries(sizes)) {
  const bytes = new Uint8Array(size).map((_, index) => index * 7);
  if (md5(bytes) !== SparkMD5.ArrayBuffer.hash(bytes.buffer)) throw new Error("The two disagree");
  const rates = { "js-md5": [], "spark-md5": [] };
  for (let round = 0; round < ROUNDS; round++) {
    for (const [library, hash] of [
      ["js-md5", () => md5(bytes)],
      ["spark-md5", () => SparkMD5.ArrayBuffer.hash(bytes.buffer)],
    ]) {
      const started = performance.now();
      for (let turn = 0; turn < times; turn++) hash();
      rates[library].push((performance.now() - started) / times);
    }
  }
  const [js, spark] = Object.values(rates).map((list) => list.sort((a, b) => a - b)[2] * 1000);
  console.log(
    `${name}: js-md5 ${js.toFixed(1)} µs, spark-md5 ${spark.toFixed(1)} µs, ratio ${(spark / js).toFixed(2)}`,
  );
}
