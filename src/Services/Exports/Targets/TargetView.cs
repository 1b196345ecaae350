using Yunnao.Standards.Feeds;

namespace Yunnao.Services.Exports.Targets;

/// <summary>A target as those see it who may have exports written into it: not where it is.</summary>
public sealed record TargetView(string Id, string NameZh, string NameEn, TargetKind Kind);
