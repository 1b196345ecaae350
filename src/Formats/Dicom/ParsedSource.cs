namespace Yunnao.Formats.Dicom;

/// <summary>What data sets that were read have in common: the bytes and the nodes over them.</summary>
internal sealed record ParsedSource(ReadOnlyMemory<byte> Bytes, Node[] Nodes, DeferredValue[] Deferred);
