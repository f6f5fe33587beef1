/** The types that `require` gets. */
import saluki = require("saluki");

export const status: Promise<number> = saluki.get("https://a.test").then((response) => response.status);
export const name: string = saluki.VERSION;
export const error: boolean = saluki.isHTTPError(new saluki.ConnectError("Cannot connect"));
