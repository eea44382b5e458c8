/** Runs one process of the example: it ends with the process that started it, and says in one line what went wrong. */
export async function asChild(program: () => Promise<void>): Promise<never> {
  process.once("disconnect", () => process.exit(1));
  try {
    await program();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
  process.exit(0);
}
