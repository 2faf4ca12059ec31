declare module '#notice' {
  const text: string;
  export default text;
}

declare module '*.css';

/* The address of the script that seals a form, put in by build.mjs. */
declare const ENROL_WORKER: string;

/* The address of the receipt check for node, put in by build.mjs. */
declare const VERIFIER: string;
