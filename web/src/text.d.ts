declare module '#notice' {
  const text: string;
  export default text;
}

declare module '*.css';
