namespace Yunnao.Services.Ingest;

/// <summary>A compressed file unpacks to more than any file of records does.</summary>
internal sealed class UnpackedTooFarException() : IOException("The file unpacks to more than any file of records does.");
