namespace Yunnao.Services.Imaging.Index;

/// <summary>A series, with counts; its header is that of its first instance.</summary>
internal sealed record SeriesRow(long Id, long Study, string Uid, string Modality, long? Number, long Instances, long Bytes, HeaderBlock Header);
