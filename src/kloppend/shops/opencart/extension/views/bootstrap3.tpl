<?php echo $header; ?><?php echo $column_left; ?>
<div id="content">
  <div class="page-header">
    <div class="container-fluid">
      <div class="pull-right">
        <button type="submit" form="form-module" data-toggle="tooltip" title="<?php echo $button_save; ?>" class="btn btn-primary"><i class="fa fa-save"></i></button>
        <a href="<?php echo $cancel; ?>" data-toggle="tooltip" title="<?php echo $button_cancel; ?>" class="btn btn-default"><i class="fa fa-reply"></i></a>
      </div>
      <h1><?php echo $heading_title; ?></h1>
      <ul class="breadcrumb">
        <?php foreach ($breadcrumbs as $breadcrumb) { ?>
        <li><a href="<?php echo $breadcrumb['href']; ?>"><?php echo $breadcrumb['text']; ?></a></li>
        <?php } ?>
      </ul>
    </div>
  </div>
  <div class="container-fluid">
    <?php foreach ($alerts as $alert) { ?>
    <div class="alert alert-<?php echo $alert['kind']; ?> alert-dismissible"><?php echo $alert['text']; ?>
      <button type="button" class="close" data-dismiss="alert">&times;</button>
    </div>
    <?php } ?>
    <div class="panel panel-default">
      <div class="panel-heading"><h3 class="panel-title"><i class="fa fa-pencil"></i> <?php echo $text_edit; ?></h3></div>
      <div class="panel-body">
        <form action="<?php echo $action; ?>" method="post" enctype="multipart/form-data" id="form-module" class="form-horizontal">
          <?php foreach ($rows as $row) { ?>
          <div class="form-group">
            <label class="col-sm-3 control-label" for="<?php echo $row['id']; ?>"><?php echo $row['label']; ?></label>
            <div class="col-sm-9"><?php echo $row['control']; ?><p class="help-block"><?php echo $row['help']; ?></p></div>
          </div>
          <?php } ?>
          <div class="form-group">
            <div class="col-sm-9 col-sm-offset-3">
              <a href="<?php echo $check; ?>" class="btn btn-primary"><i class="fa fa-exchange"></i> <?php echo $text_check; ?></a>
              <?php if ($dashboard) { ?>
              <a href="<?php echo $dashboard; ?>" target="_blank" rel="noopener noreferrer" class="btn btn-default"><i class="fa fa-external-link"></i> <?php echo $text_dashboard; ?></a>
              <?php } ?>
            </div>
          </div>
        </form>
      </div>
    </div>
    <div class="panel panel-default">
      <div class="panel-heading"><h3 class="panel-title"><i class="fa fa-clock-o"></i> <?php echo $text_visits; ?></h3></div>
      <?php if ($visits) { ?>
      <table class="table">
        <?php foreach ($visits as $visit) { ?>
        <tr><td><?php echo $visit['what']; ?></td><td><?php echo $visit['when']; ?></td><td class="text-right"><?php echo $visit['count']; ?></td></tr>
        <?php } ?>
      </table>
      <?php } else { ?>
      <div class="panel-body"><?php echo $text_no_visits; ?></div>
      <?php } ?>
    </div>
    <p class="text-muted text-right"><?php echo $text_version; ?></p>
  </div>
</div>
<?php echo $script; ?>
<?php echo $footer; ?>
