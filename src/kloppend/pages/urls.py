"""Every address there is. Mails link to these: they stay as they are."""

from django.urls import include, path, re_path
from django.views.i18n import set_language

from kloppend.pages.connect.views import begin
from kloppend.pages.dashboard.booked.views import booked
from kloppend.pages.dashboard.books import views as books
from kloppend.pages.dashboard.books.trying import try_out
from kloppend.pages.dashboard.compare import views as comparing
from kloppend.pages.dashboard.credits import views as credit_notes
from kloppend.pages.dashboard.customers import views as known
from kloppend.pages.dashboard.delivery import views as delivery
from kloppend.pages.dashboard.files import views as files
from kloppend.pages.dashboard.home.views import home
from kloppend.pages.dashboard.month.views import month_file, months
from kloppend.pages.dashboard.orders.listed import orders
from kloppend.pages.dashboard.orders.views import decide, order
from kloppend.pages.dashboard.overview.views import fetch_now, overview
from kloppend.pages.dashboard.problems import views as problems
from kloppend.pages.dashboard.profile.views import layout
from kloppend.pages.dashboard.report.views import report
from kloppend.pages.dashboard.settings.views import pause, settings
from kloppend.pages.dashboard.verify.views import verify
from kloppend.pages.extension.views import check
from kloppend.pages.feed import views as feed
from kloppend.pages.look.appearance import choose_look

of_connection = [
    path("", overview, name="overview"),
    path("fetch/", fetch_now, name="fetch_now"),
    path("verify/", verify, name="verify"),
    path("problems/", problems.problems, name="problems"),
    path("process/<path:number>/", problems.process, name="process"),
    path("credit/<path:number>/", credit_notes.credit, name="credit"),
    path("new-invoice/<path:number>/", credit_notes.new_invoice, name="new_invoice"),
    path("credits/<int:credit_id>/withdraw/", credit_notes.take_back_credit, name="credit_withdraw"),
    path("credits/<int:credit_id>/by-hand/", credit_notes.done_by_hand, name="credit_by_hand"),
    path("files/", files.files, name="files"),
    path("files/now/", files.now, name="file_now"),
    path("files/trial/", files.trial, name="file_trial"),
    path("files/<int:batch_id>/download/", files.download, name="file_download"),
    path("files/<int:batch_id>/imported/", files.imported, name="file_imported"),
    path("files/<int:batch_id>/recall/", files.take_back, name="file_recall"),
    path("files/<int:batch_id>/arrived/", delivery.decide, name="file_decide"),
    path("files/clock/", delivery.clock_right, name="file_clock"),
    path("delivery/", delivery.delivery, name="delivery"),
    path("delivery/choose/", delivery.choose, name="delivery_choose"),
    path("delivery/sftp/", delivery.sftp, name="delivery_sftp"),
    path("delivery/sftp/<int:route_id>/", delivery.confirm, name="delivery_confirm"),
    path("month/", months, name="months"),
    re_path(r"^month/(?P<month>[12]\d{3}-(?:0[1-9]|1[0-2]))\.csv$", month_file, name="month_file"),
    path("settings/", settings, name="settings"),
    path("settings/pause/", pause, name="pause"),
    path("layout/", layout, name="layout"),
    path("booked/", booked, name="booked"),
    path("customers/", known.customers, name="customers"),
    path("customers/<path:number>/", known.decide, name="customer_decide"),
    path("compare/", comparing.compare, name="compare"),
    path("compare/upload/", comparing.upload, name="compare_upload"),
    path("compare/<int:comparison_id>/", comparing.report, name="comparison"),
    path("compare/<int:comparison_id>/report.csv", comparing.report_file, name="comparison_file"),
    path("compare/<int:comparison_id>/problems/", comparing.make_problems, name="comparison_problems"),
    path("report/", report, name="report"),
    path("books/", books.books, name="books"),
    path("books/ask/", books.ask, name="books_ask"),
    path("books/read/", books.read, name="books_read"),
    path("try/<path:number>/", try_out, name="order_try"),
    path("decide/<path:number>/", decide, name="order_decide"),
    path("orders/", orders, name="orders"),
    path("orders/<path:number>/", order, name="order"),
]

urlpatterns = [
    path("books/back/", books.came_back, name="books_back"),
    path("", home, name="home"),
    path("connect/", begin, name="connect"),
    path("c/<int:connection_id>/", include(of_connection)),
    path("extension/check", check, name="extension_check"),
    path("feed/", feed.listing, name="feed"),
    path("feed/files/<str:name>", feed.file, name="feed_file"),
    path("feed/files/<str:name>/received", feed.acknowledge, name="feed_received"),
    path("feed/<str:token>/", feed.listing),
    path("feed/<str:token>/files/<str:name>", feed.file),
    path("feed/<str:token>/files/<str:name>/received", feed.acknowledge),
    path("account/", include("allauth.account.urls")),
    path("account/second-factor/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
    path("look/", choose_look, name="choose_look"),
]
