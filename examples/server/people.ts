/** Whom the `/private` endpoints and the token endpoint know. */
export const USER = "olivia";
export const PASSWORD = "Circle of Life";
