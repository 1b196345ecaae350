using Yunnao.Lake.Objects;

namespace Yunnao.Services.Ingest;

/// <summary>A file on its way into the lake, and its landed bytes.</summary>
internal sealed record LandedSource(SourceFile File, ReceivedObject Landed);
