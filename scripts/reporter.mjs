/** A reporter of vitest for scripts/test.mjs: what became of every test, and on which runtime, as JSON. */
import { writeFileSync } from "node:fs";

export default class {
  onTestRunEnd(modules, unhandled) {
    const results = [];
    for (const module of modules) {
      const add = (name, state) =>
        results.push({ where: `${module.project.name}: ${module.relativeModuleId}`, name, state });
      for (const test of module.children.allTests()) add(test.fullName, test.result().state);
      // A file that cannot be loaded, or a hook that throws, fails without a test that does.
      for (const { message } of module.errors()) add(message, "failed");
      for (const suite of module.children.allSuites()) {
        for (const { message } of suite.errors()) add(`${suite.fullName}: ${message}`, "failed");
      }
    }
    for (const { message } of unhandled)
      results.push({ where: "outside of tests", name: message, state: "failed" });
    writeFileSync(process.env.SALUKI_REPORT, JSON.stringify(results));
  }
}
