/** Runs once per project before test/runtimes/*.spec.ts. */
export default async function setup(): Promise<void> {}
